"""What a network that finds things in photos is made of, as values; cheap to import."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lpr_core.backbones.facts import BackboneName
from lpr_core.tasks.task import MOST_PIXELS, NetworkConfig

FindingHead = Literal["fused", "ssd300"]
Share = Annotated[float, Field(gt=0, le=2)]

VOC_SCALES = (0.1, 0.2, 0.37, 0.54, 0.71, 0.88, 1.05)
"""Sides of SSD300's default boxes on Pascal VOC as shares of the picture's side.

https://github.com/pierluigiferrari/ssd_keras/blob/master/ssd300_training.ipynb
"""

BOX_COUNTS = (4, 6, 6, 6, 4, 4)
"""Default boxes at a place of each of SSD300's maps (https://arxiv.org/abs/1512.02325)."""


class FindingConfig(NetworkConfig):
    """The network. Photos are laid whole on its canvas, grey beside them.

    Attributes:
        classes: What is to be found; things of other classes are left out. Empty lets the training
            take all classes of its photos.
        head: `fused` (a pyramid over the backbone's maps at strides 8, 16 and 32, coarse maps
            added to fine ones) or `ssd300` (the second account's, on a VGG16 backbone).
        channels: Width of the fused maps.
        default_boxes: Width and height of each default box of a `fused` head as shares of the
            canvas; empty lets the training fit `num_default_boxes` of them to its photos.
        num_default_boxes: See `default_boxes`.
        scales: Of SSD300's default boxes.
        corners: Whether the four corners are said as well as the upright box.
        variances: Offsets of centre and size are divided by these, centre first.
        match_from: A default box whose overlap with a thing reaches this is to say it.
        ignore_from: One that stays below that, but reaches this, learns neither thing nor
            background; equal to `match_from` in the account's network.
        negatives: Most default boxes on background that count for each one on a thing.
        box_weight: Of the boxes' offsets in the loss; classes have 1.
        corner_weight: Likewise of the corners'.
        l2: Weight of the sum of all squared kernels in the loss; the account's was 0.0005.
    """

    task: Literal["finding"] = "finding"
    backbone: BackboneName = "mobilenet_v2_0.35"
    height: int = Field(default=256, ge=16, le=MOST_PIXELS)
    width: int = Field(default=256, ge=16, le=MOST_PIXELS)
    classes: tuple[str, ...] = ()
    head: FindingHead = "fused"
    channels: int = Field(default=64, ge=4, le=65_536)
    default_boxes: tuple[tuple[Share, Share], ...] = ()
    num_default_boxes: int = Field(default=8, ge=1, le=64)
    scales: tuple[Share, ...] = VOC_SCALES
    corners: bool = True
    variances: tuple[float, float] = (0.1, 0.2)
    match_from: float = Field(default=0.5, gt=0, lt=1)
    ignore_from: float = Field(default=0.5, gt=0, lt=1)
    negatives: float = Field(default=3.0, gt=0, le=1e6)
    box_weight: float = Field(default=1.0, ge=0, le=1e6)
    corner_weight: float = Field(default=0.5, ge=0, le=1e6)
    l2: float = Field(default=0.0, ge=0, le=100)

    @model_validator(mode="after")
    def _check_finding(self) -> Self:
        if len(set(self.classes)) < len(self.classes):
            raise ValueError(f"`classes` must differ. Received: {', '.join(self.classes)}")
        if self.ignore_from > self.match_from:
            raise ValueError(
                f"`ignore_from` must not exceed `match_from`, {self.match_from}. "
                f"Received: {self.ignore_from}"
            )
        if self.head == "ssd300" and len(self.scales) != len(BOX_COUNTS) + 1:
            raise ValueError(
                f"`scales` must be {len(BOX_COUNTS) + 1} for ssd300. Received: {len(self.scales)}"
            )
        return self

    @property
    def num_outputs(self) -> int:
        """What is said of each default box: background, classes, 4 offsets, 8 of corners."""
        return 1 + len(self.classes) + 4 + (8 if self.corners else 0)
