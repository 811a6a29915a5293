"""What the plates of Europe look like, as data.

Proportions follow the public descriptions of the plates (Wikipedia: "Vehicle registration plates
of ..."); colours and small print are varied far beyond them on purpose.
"""

from lpr_core.synthesis.kinds.plate_design import (
    BLACK,
    GERMAN,
    GREY,
    ORANGE,
    RED,
    WHITE,
    YELLOW,
    PlateDesign,
    Scheme,
)

_DIN = ("strokes", "strokes", "osp-din", "barlow-semi-condensed-600", "rajdhani-700")

_EURO = (
    *_DIN,
    "barlow-600",
    "barlow-500",
    "rg2014c",
    "rg2014d",
    "saira-semi-condensed-600",
    "roboto-condensed-600",
    "nationalpark-regular",
    "sofia-sans-700",
    "overpass-600",
    "archivo-narrow-600",
    "oswald-500",
    "share-tech-400",
    "varela-round-400",
    "strokes",
    "strokes",
)

_EU_SCHEMES = (Scheme(WHITE, BLACK, 6), Scheme(GREY, BLACK, 2), Scheme(YELLOW, BLACK, 0.6))
_EU_FOOTERS = ("", "", "", "AUTOHAUS MEYER", "WWW.AUTO.COM", "GARAGE DU PARC", "AUTO SERVICE")


def _european(
    region: str, layouts: tuple[str, ...], codes: tuple[str, ...], **changes: object
) -> PlateDesign:
    """Return a long plate of the European kind; `changes` are fields that differ."""
    fields: dict[str, object] = {
        "aspect": (3.7, 4.9),
        "schemes": _EU_SCHEMES,
        "fonts": _EURO,
        "text_height": (0.62, 0.78),
        "left_band": codes,
        "footer": _EU_FOOTERS,
    }
    return PlateDesign(region, layouts, **{**fields, **changes})  # type: ignore[arg-type]


EUROPEAN: tuple[PlateDesign, ...] = (
    _european("es", ("NNNN_LLL",), ("E",)),
    _european("fr", ("LL-NNN-LL",) * 4 + ("NNN_LL_NN", "NNNN_LL_N"), ("F",), right_band=True),
    _european("it", ("LL_NNNLL", "LL.NNNLL", "LLcNNNLL"), ("I",), right_band=True),
    _european(
        "be",
        ("N-LLL-NNN", "N.LLL.NNN", "N-LLL-NNN"),
        ("B",),
        schemes=(Scheme(WHITE, (150, 40, 60), 6), Scheme(WHITE, BLACK, 0.5)),
    ),
    _european("sk", ("LLcNNNLL", "LL-NNNLL", "LLcNNN_LL"), ("SK",)),
    _european("cz", ("NLN_NNNN", "NLNsNNNN"), ("CZ",)),
    _european(
        "de",
        ("LsLL_NNNN", "LLsLL_NNN", "LLsL_NNNN", "LLLsLL_NN", "LLLsL_NNN"),
        ("D",),
        fonts=GERMAN,
    ),
    _european("at", ("LLcNNNLL", "LcNNNNLL", "LLcNNNNL"), ("A",)),
    _european("si", ("LLcLLNNN", "LLcLN-NNL", "LLcNN-NLL", "LLcLL-NNN"), ("SLO",)),
    _european("pl", ("LL_NNNNL", "LLL_LNNN", "LLL_NNLN", "LL_NNNLL", "LLL_NNLL"), ("PL",)),
    _european("ro", ("LL_NNLLL", "L_NNN_LLL"), ("RO",)),
    _european("bg", ("L_NNNN_LL",), ("BG",)),
    _european(
        "gr", ("LLL-NNNN", "LLL.NNNN"), ("GR", ""), schemes=(*_EU_SCHEMES, Scheme(WHITE, ORANGE, 1))
    ),
    _european(
        "dk", ("LL_NN_NNN",), ("DK", "N"), schemes=(Scheme(WHITE, BLACK, 4), Scheme(GREY, RED, 1))
    ),
    _european("pt", ("NN-LL-NNN", "LLL-NNNN", "NNN-LL-NN"), ("P", "TR"), weight=0.7),
    _european(
        "gb",
        ("LLNN_LLL",) * 4 + ("LLL_NNNL", "LNNN_LLL", "LNN_LLLL"),
        ("GB", "SCO", "", ""),
        schemes=(Scheme(WHITE, BLACK, 3), Scheme(YELLOW, BLACK, 3), Scheme(BLACK, GREY, 1)),
    ),
)
