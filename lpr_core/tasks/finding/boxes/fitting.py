"""Default boxes that fit the things in the training photos."""

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 100
_SEED = 0


def fit_default_boxes(sizes: NDArray[np.floating], count: int) -> tuple[tuple[float, float], ...]:
    """Return the shapes of `count` default boxes, smallest first.

    k-means whose distance is one minus the overlap of two boxes with a common centre
    (https://arxiv.org/abs/1612.08242, section 2), started by k-means++; medians for means.

    Args:
        sizes: Width and height of boxes `(n, 2)` as shares of the canvas.
        count: Shapes; fewer where the boxes have fewer.

    Raises:
        ValueError: There is no box.
    """
    if not len(sizes):
        raise ValueError("default boxes need at least one box to be fitted to. Received: none")
    exact: NDArray[np.float64] = np.asarray(sizes, np.float64).clip(1e-3)
    shapes = _choose_starts(exact, min(count, len(np.unique(exact, axis=0))))
    for _ in range(_ROUNDS):
        nearest = overlap_shapes(exact, shapes).argmax(axis=1)
        moved = np.array(
            [_middle(exact[nearest == index], shape) for index, shape in enumerate(shapes)]
        )
        if np.allclose(moved, shapes):
            break
        shapes = moved
    ordered = shapes[np.argsort(shapes.prod(axis=1))]
    return tuple((round(float(width), 4), round(float(height), 4)) for width, height in ordered)


def overlap_shapes(
    sizes: NDArray[np.floating], shapes: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the intersection over union `(n, k)` of sizes with a common centre."""
    common = np.minimum(sizes[:, None], shapes[None]).prod(axis=2)
    union = sizes.prod(axis=1)[:, None] + shapes.prod(axis=1)[None] - common
    overlap: NDArray[np.floating] = common / union
    return overlap


def _choose_starts(sizes: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(_SEED)
    starts = sizes[[rng.integers(len(sizes))]]
    while len(starts) < count:
        distance = 1 - overlap_shapes(sizes, starts).max(axis=1)
        chosen = rng.choice(len(sizes), p=distance**2 / (distance**2).sum())
        starts = np.concatenate([starts, sizes[[chosen]]])
    return starts


def _middle(sizes: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = np.median(sizes, axis=0) if len(sizes) else kept
    return middle
