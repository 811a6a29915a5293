"""What the plates of South America and of the United States look like, as data.

Proportions follow the public descriptions of the plates (Wikipedia: "Vehicle registration plates
of ..."); colours and small print are varied far beyond them on purpose.
"""

from lpr_core.synthesis.kinds.plate_design import (
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

_BRAZIL = ("strokes",) * 9 + (
    "osp-din",
    "barlow-semi-condensed-600",
    "barlow-600",
    "rajdhani-700",
    "dosis-700",
    "saira-semi-condensed-600",
    "rg2014c",
    "rg2014d",
    "overpass-600",
    "roboto-condensed-600",
)

_US = (
    "strokes",
    "strokes",
    "strokes",
    "strokes",
    "rg2014b",
    "rg2014c",
    "rg2014d",
    "nationalpark-heavy",
    "dosis-700",
    "nunito-700",
    "m-plus-rounded-1c-700",
    "barlow-condensed-600",
    "bebasneue-bold",
    "antonio-600",
    "big-shoulders-display-700",
    "teko-500",
    "red-hat-mono-600",
    "jetbrains-mono-700",
    "share-tech-mono-400",
    "chakra-petch-600",
    "fjalla-one-400",
)

_BR_HEADERS = (
    "",
    "MG-BELO HORIZONTE",
    "SP-SAO PAULO",
    "PR-CURITIBA",
    "ES-VITORIA",
    "RJ-NITEROI",
    "PR-PARANAGUA",
    "PE-RECIFE",
    "SC-ITAJAI",
    "RS-PORTO ALEGRE",
    "MG-SANTANA DO PARAISO",
    "ES-CACHOEIRO DE ITAPEMIRIM",
    "BRASIL",
)


def _american(
    region: str,
    layouts: tuple[str, ...],
    schemes: tuple[Scheme, ...],
    header: tuple[str, ...],
    footer: tuple[str, ...],
    **changes: object,
) -> PlateDesign:
    """Return a US plate; one layout in eight is a vanity text."""
    fields: dict[str, object] = {
        "aspect": (1.75, 2.15),
        "fonts": _US,
        "text_height": (0.42, 0.56),
        "text_y": (0.5, 0.56),
        "stickers": True,
        "header": header,
        "footer": footer,
    }
    rows = layouts * 7 + ("AAAAAAA",) * len(layouts)
    return PlateDesign(region, rows, schemes=schemes, **{**fields, **changes})  # type: ignore[arg-type]


SOUTH_AMERICAN: tuple[PlateDesign, ...] = (
    PlateDesign(
        "br",
        ("LLL.NNNN",) * 8 + ("LLL-NNNN", "LLL_NNNN"),
        (2.5, 3.3),
        (
            Scheme(GREY, BLACK, 5),
            Scheme(WHITE, BLACK, 2),
            Scheme(RED, WHITE, 2.4),
            Scheme((190, 150, 148), (232, 222, 220), 1.4),
            Scheme(BLACK, GREY, 0.3),
            Scheme(WHITE, RED, 0.3),
            Scheme(BLUE, WHITE, 0.2),
            Scheme(WHITE, GREEN, 0.2),
        ),
        _BRAZIL,
        (0.41, 0.58),
        text_y=(0.56, 0.65),
        header=_BR_HEADERS,
        low_slots=True,
        weight=5,
    ),
    PlateDesign(
        "br",
        ("LLLNLNN", "LLL'NLNN"),
        (2.8, 3.3),
        (Scheme(WHITE, BLACK, 4), Scheme(WHITE, RED, 1), Scheme(WHITE, BLUE, 0.5)),
        GERMAN,
        (0.55, 0.66),
        text_y=(0.6, 0.66),
        header=("BRASIL",),
        weight=0.5,
    ),
    PlateDesign(
        "ar",
        ("LL_NNN_LL", "LL'NNN'LL"),
        (2.9, 3.2),
        (Scheme(WHITE, BLACK, 4), Scheme(BLACK, WHITE, 1)),
        GERMAN,
        (0.55, 0.66),
        text_y=(0.58, 0.66),
        header=("REPUBLICA ARGENTINA", "MERCOSUR ARGENTINA"),
    ),
)

UNITED_STATES: tuple[PlateDesign, ...] = (
    _american(
        "us-ca",
        ("NLLLNNN", "NLLLNNN", "LLLLNNN"),
        (Scheme(WHITE, BLUE, 5), Scheme(BLUE, YELLOW, 1)),
        ("California", "CALIFORNIA"),
        ("", "dmv.ca.gov", "SESQUICENTENNIAL"),
    ),
    _american(
        "us-ny",
        ("LLL-NNNN", "LLLcNNNN"),
        (Scheme(WHITE, BLUE, 2), Scheme(ORANGE, BLUE, 2)),
        ("NEW YORK",),
        ("THE EMPIRE STATE", "EMPIRE STATE", ""),
    ),
    _american(
        "us-tx",
        ("LLN_LNNN", "LLNcLNNN", "LLL.NNNN"),
        (Scheme(WHITE, BLACK, 3), Scheme((190, 206, 226), BLACK, 1)),
        ("TEXAS",),
        ("The Lone Star State", ""),
        scenery=True,
    ),
    _american(
        "us-il",
        ("NNN_NNNN", "LNN_NNNN"),
        (Scheme((204, 216, 228), RED, 3),),
        ("Illinois",),
        ("Land of Lincoln", ""),
        scenery=True,
    ),
    _american(
        "us-nc",
        ("LLL-NNNN",),
        (Scheme((216, 226, 236), BLUE, 3), Scheme((216, 226, 236), RED, 1)),
        ("First in Flight",),
        ("NORTH CAROLINA",),
        scenery=True,
    ),
    _american(
        "us-va",
        ("LLL-NNNN", "LLL'NNNN"),
        (Scheme(WHITE, BLUE, 3), Scheme(WHITE, BLACK, 1)),
        ("VIRGINIA",),
        ("", "JAMESTOWN", "400th Anniversary"),
    ),
    _american(
        "us-id",
        ("NLAANNN", "NL_LNNNN", "NL_NNNNN", "NL_NNNNL"),
        (Scheme(WHITE, BLACK, 3), Scheme((206, 214, 230), BLACK, 1)),
        ("Scenic IDAHO",),
        ("FAMOUS POTATOES",),
        scenery=True,
    ),
    _american(
        "us",
        ("NNN_NNNN", "LNNNNNN", "NNLNNNL", "LLL_NNNN", "LLLNNNL", "AAAAAAA", "AAAA_AAA", "LLLLLLL"),
        (
            Scheme(WHITE, BLACK, 2),
            Scheme(WHITE, BLUE, 2),
            Scheme(WHITE, RED, 2),
            Scheme((212, 226, 214), GREEN, 2),
            Scheme(GREEN, WHITE, 1),
            Scheme(BLUE, WHITE, 1),
            Scheme(YELLOW, BLACK, 1),
            Scheme((170, 200, 224), BLUE, 1),
        ),
        (
            "MICHIGAN",
            "Maryland",
            "Louisiana",
            "LIVE FREE OR DIE",
            "GEORGIA",
            "Alabama",
            "UTAH",
            "OHIO",
        ),
        ("Sportsman's Paradise", "GREAT LAKES", "PEACH STATE", "NEW HAMPSHIRE", "www.state.us", ""),
        scenery=True,
        weight=3,
    ),
)
