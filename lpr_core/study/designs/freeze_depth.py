"""Share of a backbone's layers that is frozen, from the picture upwards."""

from collections.abc import Iterator

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.units import whole_percent
from lpr_core.study.designs.design import Axis, Design
from lpr_core.study.designs.variant import Variant
from lpr_core.training.config import TrainingConfig

_DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_BACKBONES = ("xception", "efficientnet_b0", "efficientnet_lite0")
_MIN_HEIGHT = 96  # Xception takes no less than 71


def _vary(base: TrainingConfig, weights: str, backbone: str | None) -> Iterator[Variant]:
    """Yield three backbones with ImageNet weights, or the one that a person has chosen."""
    chosen = {backbone: weights} if backbone else dict.fromkeys(_BACKBONES, "imagenet")
    height = base.network.height
    if "xception" in chosen:
        height = max(height, _MIN_HEIGHT)
    for name, start in chosen.items():
        for share in _DEPTHS:
            yield Variant(
                f"{name}-{round(100 * share):03d}",
                f"{name}, {whole_percent(share)} frozen",
                {"backbone": name, "freeze": share, "transfer": "fine-tuned", "noise": 0.0},
                {
                    "network": {
                        "backbone": name,
                        "height": height,
                        "weights": start,
                        "freeze": share,
                    }
                },
            )


DESIGN = Design(
    name="freeze-depth",
    question="How much of a backbone may stay frozen before plates suffer?",
    heading="How much of a backbone may be frozen?",
    about="Five shares of a backbone's layers stay frozen, from the picture upwards.",
    expected="Every frozen quarter costs: 2 to 5 percentage points the first, 60 to 70 all four.",
    command="lpr study run freeze-depth --backbone mobilenet_v2_0.35 --seeds 6 --jobs 3: 30 runs, "
    "an hour on 2 cores; without --backbone three large ones, for a GPU.",
    vary=_vary,
    asked=Asked(base_levels={"freeze": 0.0}),
    axis=Axis("freeze", "backbone", "Share of the backbone that is frozen", is_share=True),
    place=10,
)
