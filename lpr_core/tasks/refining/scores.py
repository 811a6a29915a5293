"""How near the refined edges are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

NEAR = 0.03
"""Share of the width by which a left or right edge may be off: at 5 %, 13 of 100 plates that were
read are not any more."""


def score_plates(truth: Floats, outputs: Floats) -> dict[str, Any]:
    """Return `count` and, of plates, `overlap` (mean), `near_edges`, `edge_error` (median).

    Edges are near within `NEAR`. The error is that of left and right edges, as a share of the
    plate's width. `told_apart` is the mean of the shares of plates and of other things that are
    told to be what they are, 0 for a network that does not tell.

    Args:
        truth: Targets `(N, TARGET_WIDTH)`.
        outputs: `(N, num_outputs)`.

    Raises:
        ValueError: There is no plate.
    """
    is_plate = truth[:, 14] > 0
    if not is_plate.any():
        raise ValueError("there must be a plate among the boxes to be scored. Received: none")
    true, said = truth[is_plate, :4], outputs[is_plate, :4]
    errors = side_errors(true, said)
    return {
        "count": len(truth),
        "overlap": float(overlap_plates(true, said).mean()),
        "told_apart": _balance(is_plate, outputs[:, 12] > 0) if outputs.shape[1] > 12 else 0.0,
        "near_edges": float((errors <= NEAR).mean()),
        "edge_error": float(np.median(errors)),
    }


def _balance(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    shares = [(said[truth == one] == one).mean() for one in (False, True) if (truth == one).any()]
    return float(np.mean(shares))


def side_errors(true: Floats, said: Floats) -> Floats:
    """Return how far left and right edges are off `(N, 2)`, as shares of the true width."""
    errors: Floats = np.abs(true - said)[:, [0, 2]] / (true[:, 2] - true[:, 0])[:, None]
    return errors


def overlap_plates(true: Floats, said: Floats) -> NDArray[np.float64]:
    """Return the intersection over union of pairs of edges `(N, 4)` as `(N,)`."""
    sides = np.minimum(true[:, 2:], said[:, 2:]) - np.maximum(true[:, :2], said[:, :2])
    common = np.maximum(sides, 0).prod(axis=1)
    areas = [np.maximum(part[:, 2:] - part[:, :2], 0).prod(axis=1) for part in (true, said)]
    overlap: NDArray[np.float64] = common / np.maximum(areas[0] + areas[1] - common, 1e-12)
    return overlap


def measure_unrefined(truth: Floats, margin: float) -> dict[str, Any]:
    """Return the scores of the boxes that the cuts were made around."""
    near = margin / (1 + 2 * margin)
    said = np.tile([near, near, 1 - near, 1 - near], (len(truth), 1))
    return score_plates(truth, np.concatenate([said, np.zeros((len(truth), 8))], axis=1))
