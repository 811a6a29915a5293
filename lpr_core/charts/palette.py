"""One look for each variant of a study, the same on every page and in the report.

Transfer chooses the colour, noise the dash and the marker, so that a figure can be read without
colours too. Variants that differ in something else get the colours in turn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal

from lpr_core.charts.frame import COLOURS

TRANSFER_COLOURS = {"none": COLOURS[0], "frozen": COLOURS[1], "fine-tuned": COLOURS[2]}


@dataclass(frozen=True)
class Style:
    """How a variant is drawn.

    Attributes:
        label: Its name for people.
        colour: `#rrggbb`.
        dash: Dash of its lines, as Plotly names them.
        symbol: Marker of its points, as Plotly names them.
    """

    label: str
    colour: str
    dash: Literal["solid", "dash", "dot"] = "solid"
    symbol: str = "circle"


def style_variants(variants: Iterable[Mapping[str, Any]]) -> dict[str, Style]:
    """Return the style of each variant of a study by name.

    Args:
        variants: All variants of the study, each with `name`, `label` and `factors`; all, because
            the looks must not depend on which of them are shown.
    """
    variants = list(variants)
    transfers = [variant["factors"].get("transfer") for variant in variants]
    looks = [(variant["factors"].get("transfer"), _has_noise(variant)) for variant in variants]
    if set(transfers) <= set(TRANSFER_COLOURS) and len(set(looks)) == len(looks):
        return {
            variant["name"]: _style(variant["label"], TRANSFER_COLOURS[transfer], is_noisy)
            for variant, (transfer, is_noisy) in zip(variants, looks, strict=True)
        }
    return {
        variant["name"]: _style(variant["label"], colour, number >= len(COLOURS))
        for number, (variant, colour) in enumerate(zip(variants, cycle(COLOURS), strict=False))
    }


def _has_noise(variant: Mapping[str, Any]) -> bool:
    return bool(variant["factors"].get("noise"))


def _style(label: str, colour: str, is_second: bool) -> Style:
    return (
        Style(label, colour, "dash", "diamond-open")
        if is_second
        else Style(label, colour, "solid", "circle")
    )
