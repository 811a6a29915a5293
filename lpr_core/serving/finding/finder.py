"""Find plates in photos: boxes and corners, with ONNX Runtime and no training framework."""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.photo_places import PhotoPlace, invert_place, letterbox_scale, move_points
from lpr_core.augment.photos import letterbox_photo
from lpr_core.pictures.cuts import cut_region
from lpr_core.pictures.decoding import Picture
from lpr_core.places import shipped_finder_dir
from lpr_core.serving.bundle import INPUT_NAME
from lpr_core.serving.finding.bundle import (
    SAID_NAME,
    FinderBundle,
    FinderCard,
    RefinerPart,
    open_finder,
    read_finder,
)
from lpr_core.tasks.finding.boxes.decoding import BoxDecoder, Found
from lpr_core.tasks.finding.boxes.levels import grid_boxes
from lpr_core.tasks.refining.cuts import NUM_POINTS, decode_plates, enlarge_box

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.floating]
_MOST_REFINED = 32  # boxes of a photo; no street has more plates that could be read


@dataclass(frozen=True)
class FoundBox:
    """One thing in a photo.

    Attributes:
        name: Its class, such as `plate`.
        score: How sure the finder is, 0 to 1.
        box: Left, top, right and bottom edge in pixels of the photo.
        corners: x and y of the left top, right top, right bottom and left bottom corner likewise;
            None where the finder says none.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]
    corners: tuple[tuple[float, float], ...] | None


class Finder:
    """Finds things with one bundle; safe to share between threads.

    The sessions are made at the first photo, so that a page starts without waiting for them.

    Args:
        bundle: A verified bundle.
        threads: Threads for one photo; None takes the number on the bundle's card.
    """

    def __init__(self, bundle: FinderBundle, threads: int | None = None) -> None:
        self._bundle = bundle
        self._threads = threads
        self._lock = threading.Lock()

    @classmethod
    def load(cls, bundle_dir: Path | None = None, threads: int | None = None) -> "Finder":
        """Load a bundle, by default the one that `places.shipped_finder_dir` names.

        Raises:
            FileNotFoundError: The folder or one of its files is missing.
            BundleError: The bundle is damaged or foreign.
        """
        return cls(read_finder(bundle_dir or shipped_finder_dir()), threads)

    @property
    def card(self) -> FinderCard:
        """What `finder.json` says."""
        return self._bundle.card

    @property
    def version(self) -> str:
        """Name and eight hex digits of the model's checksum."""
        return self.card.version

    def find(self, picture: Picture, threshold: float | None = None) -> list[FoundBox]:
        """Return what is in a photo `(H, W, 3)` uint8 RGB, surest first.

        Args:
            picture: The photo, upright.
            threshold: Least score; None takes the card's.
        """
        found = self.look(picture, threshold)
        return [self._describe(found, index) for index in range(len(found))]

    def look(self, picture: Picture, threshold: float | None = None) -> Found:
        """Return the same as arrays; edges and corners in pixels of the photo."""
        least = self.card.threshold if threshold is None else threshold
        found = self.decode(self.predict(picture), picture.shape[:2], least)
        refined = self.refine(picture, found)
        return refined.take(refined.scores >= least)

    def predict(self, picture: Picture) -> NDArray[np.float32]:
        """Return what the model says of each default box `(A, K)`."""
        size, none = (self.card.height, self.card.width), np.zeros((0, 4))
        canvas = letterbox_photo(picture, none, None, size).picture
        images = canvas[None].astype(np.float32)
        said: NDArray[np.float32] = self._open()[0].run([SAID_NAME], {INPUT_NAME: images})[0][0]
        return said

    def decode(self, said: NDArray[np.float32], photo: tuple[int, int], least: float) -> Found:
        """Return the things that are at least so sure, in pixels of a photo of that size."""
        card = self.card
        decoding = BoxDecoder(
            self._defaults, len(card.classes), card.corners, card.variances, least, card.overlap
        )
        found = decoding.decode(said)
        canvas = (card.height, card.width)
        scale = np.array(canvas[::-1])
        matrix = PhotoPlace(letterbox_scale(photo, canvas)).build_matrix(photo, canvas)
        back, limits = invert_place(matrix), np.array(photo[::-1])
        edges = move_points(found.edges.reshape(-1, 2) * scale, back).clip(0, limits)
        corners = move_points(found.corners.reshape(-1, 2) * scale, back)
        return Found(
            found.classes,
            found.scores,
            edges.reshape(-1, 4).astype(np.float32),
            corners.reshape(-1, 8).astype(np.float32),
        )

    def refine(self, picture: Picture, found: Found) -> Found:
        """Return the same things with the edges and corners that the refiner sees, surest first.

        Where it verifies, the score of each is the product of both chances. Things beyond the most
        that are refined are left out.
        """
        session, part = self._open()[1], self.card.refiner
        count = min(len(found), _MOST_REFINED)
        if session is None or part is None or not count:
            return found
        found = found.take(np.arange(count))
        edges, corners, chances = _refine(session, part, picture, found.edges.astype(float))
        scores = (found.scores * chances).astype(np.float32)
        refined = Found(found.classes, scores, edges.astype(np.float32), corners.astype(np.float32))
        return refined.take(np.argsort(-scores, kind="stable"))

    def _describe(self, found: Found, index: int) -> FoundBox:
        left, top, right, bottom = map(float, found.edges[index])
        points = found.corners[index].reshape(4, 2)
        corners = tuple((float(x), float(y)) for x, y in points)
        return FoundBox(
            self.card.classes[int(found.classes[index]) - 1],
            float(found.scores[index]),
            (left, top, right, bottom),
            corners if np.isfinite(points).all() else None,
        )

    @cached_property
    def _defaults(self) -> NDArray[np.float32]:
        levels = self.card.levels
        return np.concatenate([grid_boxes(one.rows, one.columns, one.shapes) for one in levels])

    def _open(self) -> tuple["InferenceSession", "InferenceSession | None"]:
        with self._lock:
            return self._sessions

    @cached_property
    def _sessions(self) -> tuple["InferenceSession", "InferenceSession | None"]:
        return open_finder(self._bundle, self._threads)


def _refine(
    session: "InferenceSession", part: RefinerPart, picture: Picture, edges: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return refined edges `(n, 4)`, corners `(n, 8)` and chances; edges that make no box stay."""
    cuts = enlarge_box(edges, part.margin)
    images = np.stack([cut_region(picture, cut, (part.height, part.width)) for cut in cuts])
    outputs = session.run([SAID_NAME], {INPUT_NAME: images.astype(np.float32)})[0]
    said, corners = decode_plates(outputs, cuts)
    said = said.clip(0, np.tile(picture.shape[1::-1], 2))
    is_box = (said[:, 2:] - said[:, :2] > 1).all(axis=1, keepdims=True)
    chances = 1 / (1 + np.exp(-outputs[:, NUM_POINTS])) if part.verifies else np.ones(len(edges))
    return np.where(is_box, said, edges), corners, chances
