"""Plates of four to ten characters in one row or two, of many countries and of none, as data.

A reader that has seen seven characters only says seven. Proportions and layouts follow the public
descriptions of the plates (Wikipedia: "Vehicle registration plates of ..."); colours, groups and
small print are varied far beyond them on purpose, and a third of all plates follows no country.
"""

from dataclasses import replace

from lpr_core.synthesis.american_designs import SOUTH_AMERICAN, UNITED_STATES
from lpr_core.synthesis.european_designs import EUROPEAN
from lpr_core.synthesis.plate_design import (
    BLACK,
    BLUE,
    GERMAN,
    GREEN,
    GREY,
    ORANGE,
    RED,
    WHITE,
    YELLOW,
    PlateDesign,
    Scheme,
)

_LETTERINGS = tuple(dict.fromkeys(name for design in EUROPEAN for name in design.fonts))
_BOLD = tuple(dict.fromkeys(name for design in UNITED_STATES for name in design.fonts))
_ALL = (*("strokes",) * 6, *_LETTERINGS, *_BOLD)
_PLAIN = (Scheme(WHITE, BLACK, 5), Scheme(GREY, BLACK, 2), Scheme(YELLOW, BLACK, 2))
_ANY = (
    *_PLAIN,
    Scheme(BLACK, WHITE),
    Scheme(WHITE, RED),
    Scheme(WHITE, BLUE),
    Scheme(WHITE, GREEN),
    Scheme(BLUE, WHITE),
    Scheme(GREEN, WHITE),
    Scheme(RED, WHITE),
    Scheme(ORANGE, BLACK),
)
_DEALERS = ("", "", "AUTOHAUS", "WWW.CARS.COM", "MOTORS LTD", "CITY GARAGE", "4X4 CENTRE")


def _long(region: str, *layouts: str, weight: float = 1.0, **changes: object) -> PlateDesign:
    """Return a plate of one row; `changes` are fields that differ."""
    fields: dict[str, object] = {
        "aspect": (3.2, 5.0),
        "schemes": _PLAIN,
        "fonts": _ALL,
        "text_height": (0.55, 0.8),
        "footer": _DEALERS,
        "weight": weight,
    }
    return PlateDesign(region, layouts, **{**fields, **changes})  # type: ignore[arg-type]


def _square(region: str, *layouts: str, weight: float = 0.5, **changes: object) -> PlateDesign:
    """Return a plate of two rows, as motorcycles and jeeps have them; a slash parts the rows."""
    fields: dict[str, object] = {
        "aspect": (1.15, 2.3),
        "schemes": _PLAIN,
        "fonts": _ALL,
        "text_height": (0.32, 0.43),
        "text_y": (0.26, 0.3),
        "weight": weight,
    }
    return PlateDesign(region, layouts, **{**fields, **changes})  # type: ignore[arg-type]


_PAKISTAN = (
    "PUNJAB",
    "SINDH",
    "KPK",
    "ISLAMABAD",
    "GOVT. OF PUNJAB",
    "ICT-ISLAMABAD",
    "BALOCHISTAN",
    "",
)

_COUNTRIES = (
    *(replace(design, weight=design.weight * 0.35) for design in EUROPEAN),
    *(replace(design, weight=0.15) for design in SOUTH_AMERICAN),
    *(replace(design, weight=0.1) for design in UNITED_STATES),
    _long(
        "pk",
        *("LLL_NNN", "LLL_NNNN", "LL_NNNN", "LL_NNN", "LLL-NNN", "LLL-NNNN", "LL-NNNN", "LE_NN_NNNN"),
        *("LLL_NN_NNN", "LL-NN-NNNN", "L_NNNN", "LL_NNcNNNN", "LLL_NN_NNNN", "LEcNNNN"),
        header=_PAKISTAN,
        footer=(*_PAKISTAN, *_DEALERS),
        schemes=(*_PLAIN, Scheme(GREEN, WHITE, 1), Scheme(BLACK, WHITE, 1), Scheme(BLUE, WHITE, 0.5)),
        left_band=("", "PK"),
        weight=3,
    ),
    _square(
        "pk",
        *("LLL/NNN", "LLL/NNNN", "LL/NNNN", "LL_NN/NNNN", "LLL_NN/NNN", "LE_NN/NNNN", "LEcNN/NNNN"),
        schemes=(*_PLAIN, Scheme(BLACK, WHITE, 1)),
        weight=1.6,
    ),
    _long(
        "in",
        *("LL_NN_LL_NNNN", "LLNNLLNNNN", "LL_NN_L_NNNN", "LL-NN-LL-NNNN", "LL_N_LL_NNNN", "LLNNcLLNNNN"),
        left_band=("IND", ""),
        schemes=(Scheme(WHITE, BLACK, 5), Scheme(YELLOW, BLACK, 2), Scheme(BLACK, YELLOW, 0.5)),
        weight=1.2,
    ),
    _square("in", "LL_NN/LL_NNNN", "LL_NN_L/NNNN", "LL-NN/L-NNNN", "LL_NN_LL/NNNN", weight=0.8),
    _long("au", "LLL_NNN", "LL_NN_LL", "NLL_NLL", "LNNN_LLL", "NNN_LLL", "LLL'NNL", header=("NSW", "QLD", "VIC", "SA"), footer=("VICTORIA - THE EDUCATION STATE", "QUEENSLAND", "THE FIRST STATE"), weight=1.0),
    _long("ie", "NN-L-NNNN", "NNN-L-NNNNN", "NN-LL-NNNN", "NNN-L-NNNN", "NNN-LL-NNN", "NN-L-NNNNN", left_band=("IRL",), header=("", "BAILE ATHA CLIATH", "CORCAIGH", "GAILLIMH"), weight=0.8),
    _long("ae", "L_NNNNN", "LL_NNNNN", "NN_NNNNN", "N_NNNNN", "L_NNNN", "LcNNNNN", header=("", "DUBAI", "ABU DHABI", "SHARJAH"), weight=0.6),
    _square("ae", "L/NNNNN", "NN/NNNNN", "L/NNNN", weight=0.2),
    _long("tr", "NN_LL_NNN", "NN_LLL_NN", "NN_L_NNNN", "NN_LLL_NNN", "NN_LL_NNNN", left_band=("TR",), weight=0.8),
    _long("ru", "LNNNLL_NN", "LNNNLL_NNN", "L_NNN_LL_NNN", footer=("", "RUS"), weight=0.6),
    _square("ru", "LNNN/LL_NN", "NNNN/LL_NN", weight=0.2),
    _long("gb", "LLNN_LLL", "LNNN_LLL", "LNN_LLL", "LN_LLL", "LLL_NNNL", "LLL_NNL", "LLL_NL", "LL_NNNN", "LL_NNN", "LLL_NNN", "N_LLL", "NN_LL", "LNN_LLL", left_band=("GB", "UK", "", ""), schemes=(Scheme(WHITE, BLACK, 3), Scheme(YELLOW, BLACK, 3), Scheme(BLACK, GREY, 0.5)), weight=2),
    _square("gb", "LLNN/LLL", "LNNN/LLL", "LNN/LLL", "LLL/NNNL", schemes=(Scheme(WHITE, BLACK), Scheme(YELLOW, BLACK)), weight=0.8),
    _long("de", "LsL_NN", "LsL_NNN", "LsLL_NNN", "LsLL_NNNN", "LLsLL_NN", "LLLsL_NN", "LLsLL_NNNN", "LLLsLL_NNN", "LLLsLL_NNNN", "LsLL_NN", fonts=GERMAN, left_band=("D",), weight=2),
    _square("de", "LLs/LL_NN", "Ls/LL_NNN", "LLLs/L_NN", "LLs/L_NNN", fonts=GERMAN, weight=0.5),
    _long("nl", "NN-LLL-N", "LL-NN-LL", "NN-LL-NN", "NN-LL-LL", "LL-NNN-L", "LL-LL-NN", "L-NNN-LL", "N-LLL-NN", schemes=(Scheme(YELLOW, BLACK),), left_band=("NL",), weight=1),
    _square("nl", "LL/NN-LL", "NN/LL-LL", "NN-LL/L-N", schemes=(Scheme(YELLOW, BLACK),), weight=0.3),
    _long("be", "LLL-NNN", "NNN-LLL", "L-LLL-NNN", "LLL.NNN", schemes=(Scheme(WHITE, (150, 40, 60)),), left_band=("B", ""), weight=0.6),
    _long("lv", "LL-NNNN", "LL-NNN", "LL-NN", "LL_NNNN", left_band=("LV",), weight=0.6),
    _long("lt", "LLL_NNN", "LLLcNNN", "LL_NNNN", left_band=("LT",), weight=0.4),
    _long("ee", "NNN_LLL", "NN_LLL", left_band=("EST",), weight=0.3),
    _long("se", "LLL_NNN", "LLL_NNL", left_band=("S",), weight=0.5),
    _long("no", "LL_NNNNN", "LL_NNNN", left_band=("N", ""), weight=0.4),
    _long("fi", "LLL-NNN", "LL-NNN", "LLL-NN", left_band=("FIN",), weight=0.3),
    _long("hu", "LLL-NNN", "LL-LL-NNN", "LLcLL-NNN", left_band=("H",), weight=0.4),
    _long("ch", "LLcNNNNNN", "LL_NNNNN", "LL_NNNN", "LLcNNNNN", weight=0.4),
    _long("ua", "LL_NNNN_LL", left_band=("UA",), weight=0.4),
    _long("hr", "LLcNNNN-LL", "LLcNNN-LL", "LL_NNN-L", left_band=("HR", ""), weight=0.4),
    _long("fr", "LL-NNN-LL", "NNN_LLL_NN", "NNNN_LL_NN", "NN_LLL_NN", left_band=("F",), right_band=True, weight=0.8),
    _square("fr", "LL-NNN/LL", "NNNN/LL_NN", weight=0.2),
    _long("pl", "LL_NNNNN", "LLL_LNNN", "LL_LNNNN", "LLL_NNNNN", "LLL_NNNN", left_band=("PL",), weight=0.6),
    _long("ca", "LLLL_NNN", "LLL_NNN", "NNN_LLL", "LLL-NNNN", "LNN_NNN", header=("ONTARIO", "QUEBEC", "BRITISH COLUMBIA"), footer=("YOURS TO DISCOVER", "JE ME SOUVIENS"), fonts=_BOLD, aspect=(1.9, 2.4), text_height=(0.38, 0.55), weight=0.8),
    _long("us", "LLL_NNN", "LLL_NNNN", "NNN_LLL", "LLN_NNL", "NNNN_LL", "LNNNNN", "NLLLNNN", "NN_NNNN", "AAAAAA", "AAAAA", "LL_NNNNN", "NNNcLLL", header=("CALIFORNIA", "TEXAS", "NEW YORK", "FLORIDA", "OHIO", "UTAH", "NEVADA"), footer=("SUNSHINE STATE", "DMV.CA.GOV", "THE LONE STAR STATE", "LIFE ELEVATED", "ALOHA STATE"), fonts=_BOLD, aspect=(1.85, 2.4), text_height=(0.38, 0.58), schemes=_ANY, scenery=True, stickers=True, weight=3),
    _long("za", "LL_NN_LL_LL", "LLL_NNN_LL", "LL_NNN_NNN", weight=0.3),
    _long("my", "LLL_NNNN", "LL_NNNN_L", "L_NNNN", schemes=(Scheme(BLACK, WHITE),), weight=0.4),
    _square("my", "LLL/NNNN", "LL/NNNN", schemes=(Scheme(BLACK, WHITE),), weight=0.3),
    _long("hk", "LL_NNNN", "LL_NNN", schemes=(Scheme(WHITE, BLACK), Scheme(YELLOW, BLACK)), weight=0.3),
    _long("mx", "LLL-NNN-L", "LLL-NN-NN", aspect=(1.9, 2.4), text_height=(0.38, 0.5), header=("MEXICO", "JALISCO"), weight=0.3),
    _square("br", "LLL/NNNN", "LLL/NLNN", weight=0.5),
    _square("it", "LL/NNNNN", "LL_NNN/LL", weight=0.3),
)  # fmt: skip

_GROUPS = ("AA", "AAA", "AAAA", "AAAAA")
_NOWHERE = (
    *(a for a in ("AAAA", "AAAAA", "AAAAAA", "AAAAAAA", "AAAAAAAA", "AAAAAAAAA", "AAAAAAAAAA")),
    *(f"{a}{sign}{b}" for a in _GROUPS for b in _GROUPS for sign in "_-.c"),
    *(f"{a}_{b}-{c}" for a in ("A", "AA", "AAA") for b in _GROUPS[:3] for c in ("AA", "AAA")),
    *(f"NNN{sign}{b}" for b in ("NNN", "NNNN", "L", "LL", "LLL") for sign in "_-c"),
)
_NOWHERE_ROWS = tuple(
    f"{a}/{b}" for a in ("A", "AA", "AAA", "AA_AA", "AAcAA", "AAAA", "AA_A") for b in (*_GROUPS, "AA_AA", "AA-AAA")
)  # fmt: skip

_NO_COUNTRY = (
    _long("", *_NOWHERE, schemes=_ANY, left_band=("", "", "X", "EU"), header=("", "", "TAXI", "HISTORIC"), aspect=(2.0, 5.2), text_height=(0.4, 0.8), weight=9, right_band=True),
    _long("", *_NOWHERE, schemes=_ANY, scenery=True, stickers=True, fonts=_BOLD, aspect=(1.8, 2.6), text_height=(0.36, 0.6), weight=4),
    _square("", *_NOWHERE_ROWS, schemes=_ANY, weight=4),
)  # fmt: skip

WORLD: tuple[PlateDesign, ...] = (*_COUNTRIES, *_NO_COUNTRY)
