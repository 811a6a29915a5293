"""What a network that refines boxes is made of, as values; cheap to import."""

from typing import Literal

from pydantic import Field

from lpr_core.backbones.facts import BackboneName
from lpr_core.tasks.task import MOST_PIXELS, NetworkConfig


class RefiningConfig(NetworkConfig):
    """The network. It sees a box with a margin, stretched to its size.

    Attributes:
        margin: Share of the box's width and height that is added on each side.
        jitter: How far an edge of a box lies off while it learns: standard deviation as a share of
            the width or height. No edge is ever further off than the margin.
        dense_units: Width of the layer before the coordinates.
        map_channels: Width of the map before that layer.
        corner_weight: Of the corners in the loss; edges have 1.
        verifies: Whether it says too if there is a plate at all. It learns that from boxes of other
            classes than `plate`, such as what a finder took for one (`lpr mine-false-boxes`).
        verify_weight: Of that in the loss.
    """

    task: Literal["refining"] = "refining"
    backbone: BackboneName = "compact"
    height: int = Field(default=64, ge=16, le=MOST_PIXELS)
    width: int = Field(default=128, ge=16, le=MOST_PIXELS)
    margin: float = Field(default=0.3, gt=0, le=1)
    jitter: float = Field(default=0.1, ge=0, le=0.3)
    dense_units: int = Field(default=128, ge=4, le=65_536)
    map_channels: int = Field(default=24, ge=1, le=65_536)
    corner_weight: float = Field(default=0.5, ge=0, le=1e6)
    verifies: bool = True
    verify_weight: float = Field(default=0.5, ge=0, le=1e6)

    @property
    def num_outputs(self) -> int:
        """Four edges, eight of corners, and the logit of a plate being there."""
        return 13 if self.verifies else 12
