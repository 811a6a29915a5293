"""What a network says, turned into things with a score; NumPy alone, for serving too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lpr_core.tasks.finding.boxes.geometry import (
    Floats,
    decode_boxes,
    decode_corners,
    suppress_boxes,
)

_MOST_CANDIDATES = 200  # before suppression, as the port has it


@dataclass(frozen=True)
class Found:
    """The things found in one photo, best first.

    Attributes:
        classes: Index of each class, 1 being the first `(n,)`.
        scores: Chance that it is one `(n,)`, 0 to 1, not calibrated.
        edges: Left, top, right and bottom edge as shares of the canvas `(n, 4)`.
        corners: x and y of left top, right top, right bottom and left bottom likewise `(n, 8)`;
            NaN where the network says none.
    """

    classes: NDArray[np.int64]
    scores: Floats
    edges: Floats
    corners: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: NDArray[np.generic]) -> "Found":
        """Return some of the things."""
        parts = (self.classes, self.scores, self.edges, self.corners)
        return Found(*(part[rows] for part in parts))


@dataclass(frozen=True)
class BoxDecoder:
    """How to decode what a network says.

    Attributes:
        defaults: Centred default boxes `(A, 4)`.
        num_classes: Classes C without the background.
        has_corners: Whether corners are said.
        variances: Of the offsets.
        least_score: What is less sure is left out.
        overlap: A thing is left out where a surer one of its class overlaps it more.
    """

    defaults: Floats
    num_classes: int
    has_corners: bool
    variances: tuple[float, float] = (0.1, 0.2)
    least_score: float = 0.01
    overlap: float = 0.45

    def decode(self, said: Floats) -> Found:
        """Return the things in one photo from what is said of it `(A, 1 + C + 4 [+ 8])`."""
        boxes, classes = self._find_candidates(said)
        logits = said[boxes, : 1 + self.num_classes]
        scores = _softmax(logits)[np.arange(len(boxes)), classes]
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] >= self.least_score][:_MOST_CANDIDATES]
        found = self._decode_boxes(said[boxes[order]], boxes[order], classes[order], scores[order])
        return found.take(_suppress(found, self.overlap))

    def _find_candidates(self, said: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return default boxes and classes that may be sure enough, without a softmax of all.

        A softmax is at most the sigmoid of the lead over the background.
        """
        least = np.clip(self.least_score, 1e-6, 1 - 1e-6)
        leads = said[:, 1 : 1 + self.num_classes] - said[:, :1]
        boxes, classes = np.nonzero(leads > np.log(least / (1 - least)) - 1e-6)
        return boxes, classes + 1

    def _decode_boxes(
        self,
        said: Floats,
        boxes: NDArray[np.intp],
        classes: NDArray[np.intp],
        scores: Floats,
    ) -> Found:
        offsets, defaults = said[:, 1 + self.num_classes :], self.defaults[boxes]
        edges = decode_boxes(offsets[:, :4], defaults, self.variances)
        corners = np.full((len(boxes), 8), np.nan, np.float32)
        if self.has_corners:
            corners = decode_corners(offsets[:, 4:12], defaults, self.variances[0])
        return Found(classes.astype(np.int64), scores, np.clip(edges, 0, 1), corners)


def _suppress(found: Found, limit: float) -> NDArray[np.intp]:
    """Return which things stay, best first, each class by itself."""
    kept = []
    for one in np.unique(found.classes):
        rows = np.flatnonzero(found.classes == one)
        kept.append(rows[suppress_boxes(found.edges[rows], found.scores[rows], limit)])
    rows = np.concatenate([np.empty(0, np.intp), *kept])
    return rows[np.argsort(-found.scores[rows], kind="stable")]


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
