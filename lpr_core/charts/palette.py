"""One look for each variant of a study, the same on every page and in the report.

Transfer chooses the colour, noise the dash and the marker, so that a figure can be read without
colours too. Variants along a scale (strengths of noise, shares of plates) get colours along a ramp.
All others get the colours in turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from plotly.colors import sample_colorscale

from lpr_core.charts.frame import COLOURS
from lpr_core.evidence.wording import name_scope

TRANSFER_COLOURS = {"none": COLOURS[0], "frozen": COLOURS[1], "fine-tuned": COLOURS[2]}
SERIES_COLOURS = {name_scope(transfer): colour for transfer, colour in TRANSFER_COLOURS.items()}
"""The same by the labels of ways of transfer, as the series of figures are called."""

RAMP = (COLOURS[0], COLOURS[4], COLOURS[3], COLOURS[1])
"""From little to much: blue, violet, purple, orange, all seen as well on white as on black."""

Dash = Literal["solid", "dash", "dot"]
_GROUPS: tuple[tuple[Dash, str], ...] = (
    ("solid", "circle"),
    ("dash", "diamond-open"),
    ("dot", "square-open"),
)
_MIN_LEVELS = 3
"""Fewer levels are told apart better by the colours in turn."""


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
    dash: Dash = "solid"
    symbol: str = "circle"


def style_variants(variants: Iterable[Mapping[str, Any]]) -> dict[str, Style]:
    """Return the style of each variant of a study by name.

    Args:
        variants: All variants of the study, each with `name`, `label` and `factors`; all, because
            the looks must not depend on which of them are shown.
    """
    variants = list(variants)
    factors = [variant["factors"] for variant in variants]
    looks = _look_by_cell(factors) or _look_by_level(factors) or _look_in_turn(len(variants))
    return {
        variant["name"]: Style(variant["label"], colour, *_GROUPS[group])
        for variant, (colour, group) in zip(variants, looks, strict=True)
    }


def _look_by_cell(factors: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return colours by transfer and groups by noise; nothing where two would look alike."""
    cells = [(row.get("transfer"), bool(row.get("noise"))) for row in factors]
    are_known = {transfer for transfer, _ in cells} <= set(TRANSFER_COLOURS)
    if not are_known or len(set(cells)) < len(cells):
        return []
    return [(TRANSFER_COLOURS[str(transfer)], int(is_noisy)) for transfer, is_noisy in cells]


def _look_by_level(factors: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return colours by the factor of most levels, groups by the rest; nothing without a scale."""
    scale, levels = _find_scale(factors)
    rests = [{name: row[name] for name in row if name != scale} for row in factors]
    groups = [rest for number, rest in enumerate(rests) if rest not in rests[:number]]
    if len(levels) < _MIN_LEVELS or len(groups) > len(_GROUPS):
        return []
    steps = [number / (len(levels) - 1) for number in range(len(levels))]
    ramp = sample_colorscale(list(RAMP), steps, colortype="tuple")
    colours = dict(zip(levels, map(_write_colour, ramp), strict=True))
    return [
        (colours[row[scale]], groups.index(rest)) for row, rest in zip(factors, rests, strict=True)
    ]


def _look_in_turn(count: int) -> list[tuple[str, int]]:
    """Return one colour after the other, and another group for each round."""
    return [
        (COLOURS[number % len(COLOURS)], min(number // len(COLOURS), len(_GROUPS) - 1))
        for number in range(count)
    ]


def _find_scale(factors: Sequence[Mapping[str, Any]]) -> tuple[str, list[float]]:
    """Return the factor of numbers, which all variants have, of most levels, and these."""
    scales: dict[str, list[float]] = {"": []}
    for name in factors[0] if factors else ():
        values = {row.get(name) for row in factors}
        numbers = {value for value in values if isinstance(value, int | float)}
        if numbers == values:
            scales[name] = sorted(numbers)
    return max(scales.items(), key=lambda named: len(named[1]))


def _write_colour(parts: Iterable[float]) -> str:
    """Return red, green and blue, each 0 to 1, as `#rrggbb`."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
