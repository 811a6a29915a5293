"""The two kinds of plates of the world, one row and two, with what varies in all of them."""

from lpr_core.synthesis.kinds.american import UNITED_STATES
from lpr_core.synthesis.kinds.european import EUROPEAN
from lpr_core.synthesis.kinds.plate_design import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    WHITE,
    YELLOW,
    PlateDesign,
    Scheme,
)

LETTERINGS = tuple(dict.fromkeys(name for design in EUROPEAN for name in design.fonts))
BOLD = tuple(dict.fromkeys(name for design in UNITED_STATES for name in design.fonts))
ALL = (*("strokes",) * 6, *LETTERINGS, *BOLD)
PLAIN = (Scheme(WHITE, BLACK, 5), Scheme(GREY, BLACK, 2), Scheme(YELLOW, BLACK, 2))
ANY_COLOURS = (
    *PLAIN,
    Scheme(BLACK, WHITE),
    Scheme(WHITE, RED),
    Scheme(WHITE, BLUE),
    Scheme(WHITE, GREEN),
    Scheme(BLUE, WHITE),
    Scheme(GREEN, WHITE),
    Scheme(RED, WHITE),
    Scheme(ORANGE, BLACK),
)
DEALERS = ("", "", "AUTOHAUS", "WWW.CARS.COM", "MOTORS LTD", "CITY GARAGE", "4X4 CENTRE")


def long_plate(region: str, *layouts: str, weight: float = 1.0, **changes: object) -> PlateDesign:
    """Return a plate of one row; `changes` are fields that differ."""
    fields: dict[str, object] = {
        "aspect": (3.2, 5.0),
        "schemes": PLAIN,
        "fonts": ALL,
        "text_height": (0.55, 0.8),
        "footer": DEALERS,
        "weight": weight,
    }
    return PlateDesign(region, layouts, **{**fields, **changes})  # type: ignore[arg-type]


def square_plate(region: str, *layouts: str, weight: float = 0.5, **changes: object) -> PlateDesign:
    """Return a plate of two rows, as motorcycles and jeeps have them; a slash parts the rows."""
    fields: dict[str, object] = {
        "aspect": (1.15, 2.3),
        "schemes": PLAIN,
        "fonts": ALL,
        "text_height": (0.32, 0.43),
        "text_y": (0.26, 0.3),
        "weight": weight,
    }
    return PlateDesign(region, layouts, **{**fields, **changes})  # type: ignore[arg-type]
