"""Which default box is to say which thing, and what exactly."""

import numpy as np
from numpy.typing import NDArray

from lpr_core.tasks.finding.boxes.geometry import (
    Floats,
    encode_boxes,
    encode_corners,
    overlap_boxes,
    to_edges,
)
from lpr_core.tasks.finding.config import FindingConfig

TRUTH_WIDTH = 14
"""Of a thing in a table of truth: class (0 is none), 4 edges, 8 of corners, are these known.

Of a default box's target likewise, with offsets; its class may be `IGNORED`.
"""

IGNORED = -1


def match_boxes(overlaps: Floats, match_from: float, ignore_from: float) -> NDArray[np.int64]:
    """Return for each default box the thing that it is to say, -1 for none, -2 for don't care.

    Each thing has the default box that overlaps it most, the closest pair first; all others have
    the thing that they overlap most, where that is enough.

    Args:
        overlaps: Of things and default boxes `(m, A)`.
        match_from: Least overlap.
        ignore_from: Overlap from which a box below that learns nothing.
    """
    best = overlaps.argmax(axis=0)  # (A,)
    most = overlaps[best, np.arange(len(best))]
    matches = np.where(most >= match_from, best, np.where(most >= ignore_from, -2, -1))
    left = overlaps.copy()
    for _ in range(len(left)):
        thing, box = np.unravel_index(left.argmax(), left.shape)
        matches[box] = thing
        left[thing], left[:, box] = -1, -1
    return matches.astype(np.int64)


def encode_truth(truth: Floats, defaults: Floats, config: FindingConfig) -> Floats:
    """Return the targets `(A, TRUTH_WIDTH)` of one photo.

    Args:
        truth: The things in it `(m, TRUTH_WIDTH)`; rows of class 0 are none.
        defaults: Centred default boxes `(A, 4)`.
        config: How to match and to encode.
    """
    targets = np.zeros((len(defaults), TRUTH_WIDTH), np.float32)
    truth = truth[truth[:, 0] > 0]
    if not len(truth):
        return targets
    overlaps = overlap_boxes(truth[:, 1:5], to_edges(defaults))
    matches = match_boxes(overlaps, config.match_from, config.ignore_from)
    targets[matches == -2, 0] = IGNORED
    chosen = np.flatnonzero(matches >= 0)
    things, boxes = truth[matches[chosen]], defaults[chosen]
    targets[chosen, 0] = things[:, 0]
    targets[chosen, 1:5] = encode_boxes(things[:, 1:5], boxes, config.variances)
    targets[chosen, 5:13] = encode_corners(things[:, 5:13], boxes, config.variances[0])
    targets[chosen, 13] = things[:, 13]
    return targets
