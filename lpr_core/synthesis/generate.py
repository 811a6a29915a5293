"""Write many drawn plates and their manifest, in parallel and repeatably."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lpr_core.processes import Tell
from lpr_core.progress import CountListener
from lpr_core.synthesis.camera import photograph
from lpr_core.synthesis.chunks import CHUNK_SIZE, write_chunks
from lpr_core.synthesis.draw import DrawnPlate, draw_any_plate, draw_plate
from lpr_core.synthesis.kinds.listing import list_designs
from lpr_core.synthesis.soiling import soil_names, soil_plate


@dataclass(frozen=True)
class PlateOrder:
    """What to draw.

    Attributes:
        regions: Codes or families as in `list_designs`; each plate takes one at random, so a
            repeated name is likelier. Empty draws from all designs.
        count: Number of plates.
        seed: Equal orders with equal seeds give equal files.
        severity: Lowest and highest badness of the photos, 0 to 1; None keeps the plates clean
            and from the front, for training that photographs them anew in each epoch.
        any_length: Draw plates of 4 to 10 characters in one row or two, of all countries.
        soiled: When given, every second plate is made hard to read by an amount between these
            two (see `soil_plate`), and the manifest says which, with what and how much.
    """

    regions: tuple[str, ...]
    count: int
    seed: int
    severity: tuple[float, float] | None = (0.0, 1.0)
    any_length: bool = False
    soiled: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"`count` must be at least 1. Received: {self.count}.")
        if self.any_length and self.regions:
            raise ValueError("`any_length` draws all countries; `regions` must be empty then.")
        if self.soiled is not None and not 0 < self.soiled[0] <= self.soiled[1] <= 1:
            raise ValueError(f"`soiled` must rise within 0 to 1. Received: {self.soiled}.")
        for region in self.regions:
            list_designs(region)


def generate_plates(
    order: PlateOrder,
    out_dir: Path,
    jobs: int | None = None,
    on_progress: CountListener | None = None,
) -> Path:
    """Write `images/...` and `manifest.csv` to `out_dir`; return the manifest's path.

    Args:
        order: What to draw.
        out_dir: A folder without a manifest; it is made when missing.
        jobs: Processes; None takes one for each processor.
        on_progress: Called with the number of plates written and the count.

    Raises:
        ValueError: `out_dir` holds a manifest already, or the order names no known region.
    """
    return write_chunks(order, order.count, _write_chunk, out_dir, jobs, on_progress)


def _write_chunk(task: tuple[PlateOrder, Path, int], _tell: Tell) -> Sequence[dict[str, str]]:
    order, out_dir, start = task
    rng = np.random.default_rng([order.seed, start])
    folder = out_dir / "images" / f"{start // CHUNK_SIZE:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(start, min(start + CHUNK_SIZE, order.count)):
        plate = _draw(order, rng)
        picture = plate.picture
        told: dict[str, str] = {}
        if order.soiled is not None:
            picture, told = _soil(picture, index, order.soiled, rng)
        if order.severity is not None:
            picture = photograph(picture, rng, float(rng.uniform(*order.severity)))
        path = folder / f"{index:06d}.jpg"
        Image.fromarray(picture).save(path, quality=95, subsampling=0)
        rows.append(
            {
                "image_path": path.relative_to(out_dir).as_posix(),
                "plate_text": plate.text,
                "plate_region": plate.region,
                **({"rows": str(plate.rows)} if order.any_length else {}),
                **told,
            }
        )
    return rows


def _soil(
    picture: np.ndarray, index: int, amounts: tuple[float, float], rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, str]]:
    """Return every second plate soiled, and what the manifest says of each."""
    if index % 2 == 0:
        return picture, {"label": "clean", "soil": "", "amount": "0"}
    kind, amount = soil_names()[rng.integers(len(soil_names()))], float(rng.uniform(*amounts))
    told = {"label": "dirty", "soil": kind, "amount": f"{amount:.3f}"}
    return soil_plate(picture, kind, amount, rng), told


def _draw(order: PlateOrder, rng: np.random.Generator) -> DrawnPlate:
    if order.any_length:
        return draw_any_plate(rng)
    region = order.regions[rng.integers(len(order.regions))] if order.regions else None
    return draw_plate(region, rng)
