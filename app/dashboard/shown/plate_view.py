"""Show plates as HTML: a picture, what was read on it, and which symbols are wrong."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

import cv2
import numpy as np

from lpr_core.plates.format import PlateFormat, normalize_plate
from lpr_core.plates.readable import NOT_READ

GAP = "·"
"""Stands where one text has a symbol and the other has none."""


@dataclass(frozen=True)
class MarkedSymbol:
    """One symbol as it was read, and the one that belongs there."""

    read: str
    expected: str
    is_right: bool


def mark_symbols(read: str, expected: str, plate_format: PlateFormat) -> tuple[MarkedSymbol, ...]:
    """Pair two texts position by position, as character accuracy counts them.

    O and 0 count as one symbol where the format has no O, and are shown as they were written.

    Raises:
        ValueError: A text does not fit the format.
    """
    folded = [normalize_plate(text, plate_format) if text else "" for text in (read, expected)]
    written = [
        text if len(text) == len(symbols) else symbols
        for text, symbols in zip((read, expected), folded, strict=True)
    ]
    return tuple(
        MarkedSymbol(*shown, is_right=symbols[0] == symbols[1])
        for shown, symbols in zip(
            zip_longest(*written, fillvalue=GAP), zip_longest(*folded, fillvalue=GAP), strict=True
        )
    )


def pair_symbols(read: str, expected: str) -> tuple[MarkedSymbol, ...]:
    """Pair two texts position by position; both are written as their plate format has it."""
    return tuple(
        MarkedSymbol(*pair, is_right=pair[0] == pair[1])
        for pair in zip_longest(read, expected, fillvalue=GAP)
    )


def plate_card(
    picture: np.ndarray,
    title: str,
    facts: Sequence[str],
    marks: Sequence[MarkedSymbol],
    verdict: str,
) -> str:
    """Return one card: picture `(H, W, 3)` uint8 RGB, its facts, its symbols, the verdict.

    No marks mean that nothing was read: `NOT_READ` stands in place of the symbols.
    """
    is_right = bool(marks) and all(mark.is_right for mark in marks)
    seen = f"plate read as {''.join(mark.read for mark in marks)}" if marks else NOT_READ
    details = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    return (
        f'<figure class="lpr-card"><img src="{_data_url(picture)}" '
        f'alt="{escape(f"{title}: {seen}")}">'
        f'<figcaption><div class="lpr-facts"><b>{escape(title)}</b>{details}</div>'
        f"{symbol_row(marks) if marks else _NOTHING}"
        f'<div class="lpr-verdict{" lpr-right" * is_right}">{escape(verdict)}</div>'
        "</figcaption></figure>"
    )


_NOTHING = f'<div class="lpr-unread">{NOT_READ}</div>'


def symbol_row(marks: Sequence[MarkedSymbol]) -> str:
    """Return the symbols in boxes, the wrong ones marked, with a description in words."""
    return (
        f'<div class="lpr-reading" role="img" aria-label="{escape(describe_marks(marks))}">'
        f"{''.join(_symbol(mark) for mark in marks)}</div>"
    )


def card_grid(cards: Iterable[str], *, pair: bool = False) -> str:
    """Return cards in as many columns as fit; `pair` makes two wide ones."""
    return f'<div class="lpr-grid{" lpr-pair" * pair}">{"".join(cards)}</div>'


def describe_marks(marks: Sequence[MarkedSymbol]) -> str:
    """Say what was read, and what is wrong about it, in one line."""
    wrong = [
        f"{mark.read} instead of {mark.expected} at place {place}"
        for place, mark in enumerate(marks, start=1)
        if not mark.is_right
    ]
    text = "".join(mark.read for mark in marks)
    return f"Read {text}: {', '.join(wrong) or 'all symbols right'}"


def _symbol(mark: MarkedSymbol) -> str:
    if mark.is_right:
        return f"<span>{escape(mark.read)}</span>"
    title = escape(f"read {mark.read}, should be {mark.expected}")
    return f'<span class="lpr-wrong" title="{title}">{escape(mark.read)}</span>'


def _data_url(picture: np.ndarray) -> str:
    _, png = cv2.imencode(".png", picture[:, :, ::-1])
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
