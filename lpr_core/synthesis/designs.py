"""What plates of each region look like, as data.

A layout spells one row of a plate: `L` a letter, `N` a digit, `A` either, and between them
`.` a raised dot, `-` a dash, `_` a gap, `'` a narrow gap, `c` a crest, `s` two round seals.
Proportions follow the public descriptions of the plates (Wikipedia: "Vehicle registration plates
of ..."); colours and small print are varied far beyond them on purpose.
"""

from dataclasses import dataclass

Colour = tuple[int, int, int]

WHITE: Colour = (236, 236, 232)
GREY: Colour = (168, 170, 172)
BLACK: Colour = (28, 28, 32)
YELLOW: Colour = (244, 196, 40)
ORANGE: Colour = (244, 160, 40)
RED: Colour = (176, 24, 40)
BLUE: Colour = (36, 60, 136)
GREEN: Colour = (30, 96, 60)


@dataclass(frozen=True)
class Scheme:
    """A pair of colours with the share of plates that wear it."""

    background: Colour
    ink: Colour
    weight: float = 1.0


@dataclass(frozen=True)
class PlateDesign:
    """One kind of plate.

    Attributes:
        region: Code as in `lpr_core.plates.grammar`, such as `br` or `us-ca`.
        layouts: Rows in the module's notation, repeated to make one likelier.
        aspect: Width divided by height, lowest and highest.
        schemes: Colours.
        fonts: Names of letterings, repeated to make one likelier.
        text_height: Height of the symbols as a fraction of the plate's, lowest and highest.
        text_y: Middle of the symbols as a fraction of the plate's height.
        left_band: Codes that may stand in a blue band at the left; empty for no band.
        right_band: Whether a second band may stand at the right.
        header: Lines that may stand above the symbols.
        footer: Lines that may stand below them.
        scenery: Painted background, as on many plates of US states.
        stickers: Small coloured squares in the corners.
        low_slots: Two fixing slots close under the symbols, as on Brazilian plates, where they
            touch a letter's foot and make a Q of an O.
        weight: Share among the designs of its region.
    """

    region: str
    layouts: tuple[str, ...]
    aspect: tuple[float, float]
    schemes: tuple[Scheme, ...]
    fonts: tuple[str, ...]
    text_height: tuple[float, float]
    text_y: tuple[float, float] = (0.48, 0.53)
    left_band: tuple[str, ...] = ()
    right_band: bool = False
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    scenery: bool = False
    stickers: bool = False
    low_slots: bool = False
    weight: float = 1.0


_DIN = ("strokes", "strokes", "osp-din", "barlow-semi-condensed-600", "rajdhani-700")
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
_GERMAN = (
    "strokes",
    "osp-din",
    "b612-mono-700",
    "overpass-mono-600",
    "share-tech-400",
    "oxanium-600",
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

_EU_SCHEMES = (Scheme(WHITE, BLACK, 6), Scheme(GREY, BLACK, 2), Scheme(YELLOW, BLACK, 0.6))
_EU_FOOTERS = ("", "", "", "AUTOHAUS MEYER", "WWW.AUTO.COM", "GARAGE DU PARC", "AUTO SERVICE")
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


DESIGNS: tuple[PlateDesign, ...] = (
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
        _GERMAN,
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
        _GERMAN,
        (0.55, 0.66),
        text_y=(0.58, 0.66),
        header=("REPUBLICA ARGENTINA", "MERCOSUR ARGENTINA"),
    ),
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
        fonts=_GERMAN,
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


def list_designs(region: str | None = None) -> tuple[PlateDesign, ...]:
    """Return the designs of a region, of a family (`us` has all `us-...`), or all of them.

    Raises:
        ValueError: No design has that region; the message lists the known ones.
    """
    if region is None:
        return DESIGNS
    if region == "eu":
        return tuple(d for d in DESIGNS if d.left_band)
    found = tuple(d for d in DESIGNS if d.region == region or d.region.startswith(f"{region}-"))
    if not found:
        known = ", ".join(sorted({"eu", *(d.region for d in DESIGNS)}))
        raise ValueError(f"`region` must be one of {known}. Received: {region!r}.")
    return found
