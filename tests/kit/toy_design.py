"""A design in one file outside the package: how wide may the head be?"""

from lpr_core.evidence.asked import Asked
from lpr_core.study.designs import Axis, Design, Variant

LABELS = {4: "Narrow head", 16: "Middle head", 32: "Wide head"}


def _vary(_base, _weights, _backbone):
    for units, label in LABELS.items():
        yield Variant(
            f"units-{units}",
            label,
            {"units": float(units), "transfer": "none", "noise": 0.0},
            {"network": {"weights": "none", "freeze": 0.0, "dense_units": units}},
        )


DESIGN = Design(
    name="toy-width",
    question="Does a wide head read more than a narrow one?",
    heading="How wide may the toy's head be?",
    about="Three widths of the toy's head.",
    expected="Nothing after two epochs.",
    command="lpr study run toy-width --preset smoke",
    vary=_vary,
    asked=Asked(base_levels={"units": 4.0}),
    axis=Axis("units", "transfer", "Units of the toy's head"),
    place=60,
)
