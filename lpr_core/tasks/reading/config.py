"""What a recognizer is made of, as values; cheap to import."""

from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lpr_core.backbones.facts import BackboneName
from lpr_core.plates.format import SEVEN, PlateFormat

HeadName = Literal["pooled", "positional", "attention"]


def head_names() -> tuple[str, ...]:
    """Return the heads that there are."""
    return get_args(HeadName)


class RecognizerConfig(BaseModel):
    """The network; the defaults are the first account's.

    Attributes:
        plate_format: Slots and symbols.
        backbone: The network below the head.
        height: Pixels that every picture is stretched to.
        width: Likewise.
        head: `pooled` (the account's), `positional` (pools over the height only) or `attention`
            (each slot looks at its own place).
        dense_units: Width of the layer before the symbols.
        dropout: Share of features that is dropped before and after that layer while training.
        weights: Start values of the backbone: `none` (random), `imagenet`, the path of a weight
            file, or the folder of a run with the same backbone.
        weights_scope: With the folder of a run: take its `backbone`, or its whole `network`.
        freeze: Share of the backbone's layers, from the picture upwards, that do not learn.
        open_layers: When given, only the last so many layers of the backbone learn.
        freeze_batch_norm: Keep BatchNormalization in inference mode in open layers as well.
        batch_norm_momentum: When given, the share of its moving statistics that each
            BatchNormalization keeps in a step, in the place of the layer's own. Keras'
            MobileNetV2 has 0.999: after 1,500 steps a fifth of it is still the start values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plate_format: PlateFormat = SEVEN
    backbone: BackboneName = "efficientnet_b0"
    height: int = Field(default=224, ge=16)
    width: int = Field(default=224, ge=16)
    head: HeadName = "pooled"
    dense_units: int = Field(default=360, ge=1)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    weights: str = "none"
    weights_scope: Literal["backbone", "network"] = "backbone"
    freeze: float = Field(default=0.0, ge=0, le=1)
    open_layers: int | None = Field(default=None, ge=0)
    freeze_batch_norm: bool = False
    batch_norm_momentum: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _check_freezing(self) -> Self:
        if self.open_layers is not None and self.freeze:
            raise ValueError("`freeze` and `open_layers` exclude each other; give one of them.")
        return self
