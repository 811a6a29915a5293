"""What one kind of plate looks like: its rows, proportions, colours and letterings.

A layout spells the rows of a plate: `L` a letter, `N` a digit, `A` either, another letter itself,
`/` a new row, and between symbols `.` a raised dot, `-` a dash, `_` a gap, `'` a narrow gap, `c` a
crest, `s` two round seals.
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


GERMAN = (
    "strokes",
    "osp-din",
    "b612-mono-700",
    "overpass-mono-600",
    "share-tech-400",
    "oxanium-600",
)
"""Letterings like the German one, which the plates of Mercosur have too."""
