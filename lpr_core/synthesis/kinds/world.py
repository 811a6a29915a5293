"""Plates of four to ten characters in one row or two, of many countries and of none, as data.

A reader that has seen seven characters only says seven. Proportions and layouts follow the public
descriptions of the plates (Wikipedia: "Vehicle registration plates of ..."); colours, groups and
small print are varied far beyond them on purpose, and a third of all plates follows no country.
"""

from dataclasses import replace

from lpr_core.synthesis.kinds.american import SOUTH_AMERICAN, UNITED_STATES
from lpr_core.synthesis.kinds.european import EUROPEAN
from lpr_core.synthesis.kinds.plate_design import PlateDesign
from lpr_core.synthesis.kinds.world_elsewhere import ELSEWHERE
from lpr_core.synthesis.kinds.world_europe import EUROPE
from lpr_core.synthesis.kinds.world_kinds import ANY_COLOURS, BOLD, long_plate, square_plate

_SEVEN = (
    *(replace(design, weight=design.weight * 0.35) for design in EUROPEAN),
    *(replace(design, weight=0.15) for design in SOUTH_AMERICAN),
    *(replace(design, weight=0.1) for design in UNITED_STATES),
)

_GROUPS = ("AA", "AAA", "AAAA", "AAAAA")
_NOWHERE = (
    *(a for a in ("AAAA", "AAAAA", "AAAAAA", "AAAAAAA", "AAAAAAAA", "AAAAAAAAA", "AAAAAAAAAA")),
    *(f"{a}{sign}{b}" for a in _GROUPS for b in _GROUPS for sign in "_-.c"),
    *(f"{a}_{b}-{c}" for a in ("A", "AA", "AAA") for b in _GROUPS[:3] for c in ("AA", "AAA")),
    *(f"NNN{sign}{b}" for b in ("NNN", "NNNN", "L", "LL", "LLL") for sign in "_-c"),
)
_NOWHERE_ROWS = tuple(
    f"{a}/{b}"
    for a in ("A", "AA", "AAA", "AA_AA", "AAcAA", "AAAA", "AA_A")
    for b in (*_GROUPS, "AA_AA", "AA-AAA")
)

_NO_COUNTRY = (
    long_plate(
        "",
        *_NOWHERE,
        schemes=ANY_COLOURS,
        left_band=("", "", "X", "EU"),
        header=("", "", "TAXI", "HISTORIC"),
        aspect=(2.0, 5.2),
        text_height=(0.4, 0.8),
        weight=9,
        right_band=True,
    ),
    long_plate(
        "",
        *_NOWHERE,
        schemes=ANY_COLOURS,
        scenery=True,
        stickers=True,
        fonts=BOLD,
        aspect=(1.8, 2.6),
        text_height=(0.36, 0.6),
        weight=4,
    ),
    square_plate("", *_NOWHERE_ROWS, schemes=ANY_COLOURS, weight=6),
)

WORLD: tuple[PlateDesign, ...] = (*_SEVEN, *EUROPE, *ELSEWHERE, *_NO_COUNTRY)
