"""Write many drawn scenes and their manifest."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from lpr_core.augment.photo_cuts import cut_free_part
from lpr_core.pictures.decoding import Picture, read_picture
from lpr_core.processes import Tell
from lpr_core.progress import CountListener
from lpr_core.synthesis.chunks import CHUNK_SIZE, write_chunks
from lpr_core.synthesis.scenes.options import SceneOptions
from lpr_core.synthesis.scenes.scene import DrawnScene, draw_scene

_BOX_COLUMNS = ("x", "y", "width", "height")
_CORNER_COLUMNS = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")


@dataclass(frozen=True)
class BackgroundPhoto:
    """A photo of which parts without boxes may be drawn on.

    Attributes:
        path: Where it is.
        boxes: Left, top, right and bottom edge of each plate in it.
    """

    path: Path
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class SceneOrder:
    """What to draw.

    Attributes:
        count: Number of scenes.
        seed: Equal orders with equal seeds give equal files.
        options: What the scenes look like.
        backgrounds: Photos to draw on; empty draws all backgrounds.
        background_share: Share of the scenes that lie on photos, where there are any.
    """

    count: int
    seed: int
    options: SceneOptions
    backgrounds: tuple[BackgroundPhoto, ...] = ()
    background_share: float = 0.7

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"`count` must be at least 1. Received: {self.count}.")


def generate_scenes(
    order: SceneOrder,
    out_dir: Path,
    jobs: int | None = None,
    on_progress: CountListener | None = None,
) -> Path:
    """Write `images/...` and `manifest.csv` to `out_dir`; return the manifest's path.

    The manifest has one row for each plate with its box and corners, and one without them for a
    scene with no plate.

    Args:
        order: What to draw.
        out_dir: A folder without a manifest; it is made when missing.
        jobs: Processes; None takes one for each processor.
        on_progress: Called with the number of scenes written and the count.

    Raises:
        ValueError: `out_dir` holds a manifest already, or a background is no picture.
    """
    return write_chunks(order, order.count, _write_chunk, out_dir, jobs, on_progress)


def _write_chunk(task: tuple[SceneOrder, Path, int], _tell: Tell) -> list[dict[str, str]]:
    order, out_dir, start = task
    rng = np.random.default_rng([order.seed, start])
    folder = out_dir / "images" / f"{start // CHUNK_SIZE:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(start, min(start + CHUNK_SIZE, order.count)):
        scene = draw_scene(rng, order.options, _draw_background(order, rng))
        path = folder / f"{index:06d}.jpg"
        Image.fromarray(scene.picture).save(path, quality=92)
        rows += list(_tabulate(scene, path.relative_to(out_dir).as_posix()))
    return rows


def _draw_background(order: SceneOrder, rng: np.random.Generator) -> Picture | None:
    if not order.backgrounds or rng.random() >= order.background_share:
        return None
    chosen = order.backgrounds[rng.integers(len(order.backgrounds))]
    boxes = np.array(chosen.boxes, np.float64).reshape(-1, 4)
    return cut_free_part(read_picture(chosen.path), boxes, rng, order.options.size)


def _tabulate(scene: DrawnScene, image_path: str) -> Iterator[dict[str, str]]:
    empty = dict.fromkeys(("plate_text", "plate_region", *_BOX_COLUMNS, *_CORNER_COLUMNS), "")
    if not scene.texts:
        yield {"image_path": image_path, **empty}
    for index, text in enumerate(scene.texts):
        left, top, right, bottom = scene.boxes[index].tolist()
        numbers = chain((left, top, right - left, bottom - top), scene.corners[index].flat)
        places = zip((*_BOX_COLUMNS, *_CORNER_COLUMNS), numbers, strict=True)
        yield {
            "image_path": image_path,
            "plate_text": text,
            "plate_region": scene.regions[index],
            **{name: f"{number:.3f}" for name, number in places},
        }
