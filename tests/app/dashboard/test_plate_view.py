"""Plates as HTML: right and wrong symbols are told apart, and nothing is let through unescaped."""

import base64
import re

import cv2
import numpy as np
import pytest

from app.dashboard.shown.plate_view import (
    GAP,
    MarkedSymbol,
    card_grid,
    describe_marks,
    mark_symbols,
    plate_card,
)
from lpr_core.plates.format import SEVEN, PlateFormat

PADDED = PlateFormat(name="padded", slots=7, alphabet="0123456789ABC_", pad="_")
PICTURE = np.arange(8 * 28 * 3, dtype=np.uint8).reshape(8, 28, 3)


def code(marks) -> str:
    return " ".join(f"{mark.read}{'=' if mark.is_right else '!'}{mark.expected}" for mark in marks)


@pytest.mark.parametrize(
    ("read", "expected", "plate_format", "told"),
    [
        pytest.param("ABC1234", "ABC1234", SEVEN, "A=A B=B C=C 1=1 2=2 3=3 4=4", id="all right"),
        pytest.param("ABC1234", "ABD1284", SEVEN, "A=A B=B C!D 1=1 2=2 3!8 4=4", id="two wrong"),
        pytest.param("OBC1034", "0BC1O34", SEVEN, "O=0 B=B C=C 1=1 0=O 3=3 4=4", id="O is 0"),
        pytest.param("ABC1234", "abc1234", SEVEN, "A=a B=b C=c 1=1 2=2 3=3 4=4", id="lower case"),
        pytest.param("ABC1234", "abc-1234", SEVEN, "A=A B=B C=C 1=1 2=2 3=3 4=4", id="dash"),
        pytest.param("ABC", "AB12", PADDED, f"A=A B=B C!1 {GAP}!2", id="too short"),
        pytest.param("ABC1", "AB", PADDED, f"A=A B=B C!{GAP} 1!{GAP}", id="too long"),
        pytest.param("", "A", PADDED, f"{GAP}!A", id="nothing read"),
    ],
)
def test_marks_pair_symbols_by_place(read, expected, plate_format, told):
    assert code(mark_symbols(read, expected, plate_format)) == told


def test_a_text_that_no_plate_has_is_refused():
    with pytest.raises(ValueError, match="'ABÜ1234'"):
        mark_symbols("ABC1234", "ABÜ1234", SEVEN)


def test_marks_are_told_in_words():
    marks = mark_symbols("ABC1234", "ABD1284", SEVEN)
    assert describe_marks(marks) == (
        "Read ABC1234: C instead of D at place 3, 3 instead of 8 at place 6"
    )
    assert describe_marks(marks[:2]) == "Read AB: all symbols right"


def test_card_shows_the_picture_and_the_marks():
    marks = mark_symbols("ABC1234", "ABC1284", SEVEN)
    card = plate_card(PICTURE, "Strength 0.10", ["sigma 25.5", "PSNR 20.4 dB"], marks, "6 of 7")
    png = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', card)[1])
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    np.testing.assert_array_equal(decoded, PICTURE)
    assert 'alt="Strength 0.10: plate read as ABC1234"' in card
    assert "<span>sigma 25.5</span><span>PSNR 20.4 dB</span>" in card
    assert card.count("lpr-wrong") == 1
    assert '<span class="lpr-wrong" title="read 3, should be 8">3</span>' in card
    assert "lpr-right" not in card


def test_verdict_of_a_plate_that_is_right_is_marked():
    marks = mark_symbols("ABC1234", "ABC1234", SEVEN)
    assert '<div class="lpr-verdict lpr-right">All right</div>' in plate_card(
        PICTURE, "Clean", [], marks, "All right"
    )


def test_everything_that_is_shown_is_escaped():
    evil = "<b>\"'"
    card = plate_card(PICTURE, evil, [evil], [MarkedSymbol(evil, "A", is_right=False)], evil)
    assert evil not in card
    assert "<b>&lt;b&gt;&quot;&#x27;</b>" in card


def test_grid_holds_its_cards():
    assert card_grid(["one", "two"]) == '<div class="lpr-grid">onetwo</div>'
    assert card_grid([], pair=True) == '<div class="lpr-grid lpr-pair"></div>'
