"""From a photo to the plates in it: found, cut out upright, read; or "no plate seen"."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.pictures.cuts import cut_quadrilateral, cut_region
from lpr_core.pictures.decoding import Picture
from lpr_core.places import shipped_finder_dir
from lpr_core.serving.finding.finder import Finder, FoundBox
from lpr_core.serving.finding.tiles import FindsBoxes, find_in_tiles
from lpr_core.serving.reader import PlateReading, Reader, average_views

NO_PLATE = "no plate seen"
"""What stands in the place of a text where a photo shows no plate."""

_MARGIN = 0.08
"""Share of a plate's size around it in the crops that readers are trained on."""
_SURE = 0.9
"""From this confidence the first view decides alone."""
_FILLING = 0.4
"""A plate that takes this share of a picture's width may as well be the whole picture."""


@dataclass(frozen=True)
class SeenPlate:
    """One plate in a photo.

    Attributes:
        found: Where it is and how sure the finder is; None where the whole picture was read as a
            crop of one plate.
        reading: What it says.
        crop: What the reader saw first: the plate upright `(h, w, 3)` uint8 RGB.
        num_views: From how many views it was read.
    """

    found: FoundBox | None
    reading: PlateReading
    crop: Picture
    num_views: int

    @property
    def score(self) -> float:
        """How surely this is the plate that a person means, 0 to 1: found and read."""
        found = 1.0 if self.found is None else self.found.score
        return found * self.reading.confidence

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON, with the text of an unreadable one too, as `PlateReading`."""
        box = None if self.found is None else [round(edge, 1) for edge in self.found.box]
        return {
            "box": box,
            "corners": _round_corners(self.found),
            "found": None if self.found is None else round(self.found.score, 4),
            "num_views": self.num_views,
            **self.reading.to_dict(),
        }


@dataclass(frozen=True)
class PhotoReading:
    """What is in one photo.

    Attributes:
        plates: All plates, the one that a person most likely means first.
    """

    plates: tuple[SeenPlate, ...]

    @property
    def answer(self) -> SeenPlate | None:
        """The one plate of the photo; None where none is seen, or none can be read."""
        return next((plate for plate in self.plates if plate.reading.is_readable), None)


class Pipeline:
    """Finds and reads plates; safe to share between threads.

    Args:
        finder: Finds plates; None takes every picture for a crop of one plate.
        reader: Reads them.
    """

    def __init__(self, finder: FindsBoxes | None, reader: Reader) -> None:
        self.finder = finder
        self.reader = reader

    @classmethod
    def load(cls, reader_dir: Path | None = None, finder_dir: Path | None = None) -> "Pipeline":
        """Load both bundles, by default the shipped ones.

        Raises:
            FileNotFoundError: A folder that was named, or a file of a bundle, is missing.
            BundleError: A bundle is damaged or foreign.
        """
        finder = load_finder() if finder_dir is None else Finder.load(finder_dir)
        return cls(finder, Reader.load(reader_dir))

    def read(self, picture: Picture, region: str | None = None) -> PhotoReading:
        """Return the plates of a photo, or of a crop of one plate, `(H, W, 3)` uint8 RGB.

        Where nothing is found, or a plate fills the picture, the whole picture is read as well; it
        counts where that is read more surely than what was found. Where that gives nothing either,
        the photo is looked at in parts, for small plates of a large photo.

        Args:
            picture: The photo, upright.
            region: Where the plates come from, when that is known (`grammar.regions`).

        Raises:
            ValueError: The region is unknown.
        """
        if self.finder is None:
            return PhotoReading((self._read_whole(picture, region),))
        found = self.finder.find(picture)
        plates = [self._read_found(picture, one, region) for one in found]
        if not found or max(_share_of_width(one, picture) for one in found) > _FILLING:
            whole = self._read_whole(picture, region)
            if _counts(whole, plates):
                plates = [whole]
        if not plates:
            plates = self._look_closer(self.finder, picture, region)
        return PhotoReading(tuple(sorted(plates, key=_rank, reverse=True)))

    def _read_whole(self, picture: Picture, region: str | None) -> SeenPlate:
        return SeenPlate(None, self.reader.read(picture, region), picture, 1)

    def _look_closer(
        self, finder: FindsBoxes, picture: Picture, region: str | None
    ) -> list[SeenPlate]:
        """Return the plates in the photo's parts that can be read: closely, more looks like one."""
        plates = [self._read_found(picture, one, region) for one in find_in_tiles(finder, picture)]
        return [plate for plate in plates if plate.reading.is_readable]

    def _read_found(self, picture: Picture, found: FoundBox, region: str | None) -> SeenPlate:
        """Read one plate from its upright view, and where that is doubtful from its box too."""
        views = [cut_upright(picture, found)]
        said = [self.reader.predict_batch(views)[0]]
        reading = self.reader.decode(said[0], region)
        if reading.confidence < _SURE and found.corners is not None:
            views.append(cut_boxed(picture, found))
            said.append(self.reader.predict_batch(views[1:])[0])
            reading = self.reader.decode(average_views(said), region)
        return SeenPlate(found, reading, views[0], len(views))


def load_finder() -> Finder | None:
    """Load the finder that `places.shipped_finder_dir` names; None where there is none at all.

    Raises:
        BundleError: The bundle is damaged or foreign.
    """
    folder = shipped_finder_dir()
    return Finder.load(folder) if folder.is_dir() else None


def cut_upright(picture: Picture, found: FoundBox) -> Picture:
    """Return a found plate from the front, with the margin that readers know.

    Where the finder says no corners, its box is cut.
    """
    if found.corners is None:
        return cut_boxed(picture, found)
    corners = np.array(found.corners, np.float64)
    return cut_quadrilateral(picture, _widen(corners))


def cut_boxed(picture: Picture, found: FoundBox) -> Picture:
    """Return a found plate's box with the margin that readers know."""
    left, top, right, bottom = found.box
    across, down = (right - left) * _MARGIN, (bottom - top) * _MARGIN
    edges = np.array([left - across, top - down, right + across, bottom + down])
    size = np.maximum(np.rint(edges[2:] - edges[:2]), 8).astype(int)
    return cut_region(picture, edges, (int(size[1]), int(size[0])))


def _widen(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move corners `(4, 2)` away from their middle, along both directions of the plate."""
    along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2 * _MARGIN
    across = (corners[3] - corners[0] + corners[2] - corners[1]) / 2 * _MARGIN
    outward = np.array([-along - across, along - across, along + across, across - along])
    return corners + outward


def _share_of_width(found: FoundBox, picture: Picture) -> float:
    return (found.box[2] - found.box[0]) / picture.shape[1]


def _counts(whole: SeenPlate, plates: Sequence[SeenPlate]) -> bool:
    best = max((plate.reading.confidence for plate in plates), default=0.0)
    return whole.reading.is_readable and whole.reading.confidence > best


def _rank(plate: SeenPlate) -> tuple[bool, float]:
    """Order plates: those that can be read, then by size as seen and by both confidences."""
    size = 1.0 if plate.found is None else plate.found.box[2] - plate.found.box[0]
    return plate.reading.is_readable, plate.score * float(np.sqrt(size))


def _round_corners(found: FoundBox | None) -> list[list[float]] | None:
    if found is None or found.corners is None:
        return None
    return [[round(x, 1), round(y, 1)] for x, y in found.corners]
