import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lpr_core.plates.format import (
    SEVEN,
    PlateFormat,
    decode_plate,
    encode_plate,
    encode_plates,
    normalize_plate,
    one_hot,
)

PADDED = PlateFormat(
    name="nine", slots=9, alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_", pad="_"
)


def test_default_is_the_accounts_format():
    assert SEVEN.model_dump() == {
        "name": "seven",
        "slots": 7,
        "alphabet": "0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ",
        "pad": None,
    }
    assert SEVEN.num_symbols == 35
    assert PADDED.num_symbols == 37


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"alphabet": "AAB"}, "must not repeat symbols. Received: 'AAB' (repeated: A)"),
        ({"alphabet": "abc"}, "must be upper case. Received: 'abc'"),
        ({"alphabet": ""}, "at least 1 character"),
        ({"pad": "_"}, "must be one symbol of the alphabet. Received: '_'"),
        ({"pad": ""}, "must be one symbol of the alphabet. Received: ''"),
        ({"pad": "AB"}, "must be one symbol of the alphabet. Received: 'AB'"),
        ({"slots": 0}, "greater than or equal to 1"),
        ({"length": 7}, "Extra inputs are not permitted"),
    ],
)
def test_impossible_formats_are_refused(fields, message):
    with pytest.raises(ValidationError, match=re.escape(message)):
        PlateFormat(**fields)


def test_a_format_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        SEVEN.slots = 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABC1234", "ABC1234"),
        ("abc1234", "ABC1234"),
        (" ABC-1234\n", "ABC1234"),
        ("ABC·12.34", "ABC1234"),
        ("A B C \u2013 1 2 3 4", "ABC1234"),  # an en dash
        ("OOO0000", "0000000"),
        ("\u200bABC1234", "ABC1234"),  # a zero-width space from a web page
        ("ＡＢＣ１２３４", "ABC1234"),  # noqa: RUF001 - full-width letters of an Asian keyboard
    ],
)
def test_normalize_seven(text, expected):
    assert normalize_plate(text, SEVEN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("O", "O"), ("ab-123", "AB123"), ("AB123____", "AB123"), ("ABCDE6789", "ABCDE6789")],
)
def test_normalize_padded(text, expected):
    assert normalize_plate(text, PADDED) == expected


def test_a_separator_of_the_alphabet_is_kept():
    dashed = PlateFormat(slots=4, alphabet="0123456789-")
    assert normalize_plate("1-2 3", dashed) == "1-23"


@pytest.mark.parametrize(
    ("text", "plate_format", "message"),
    [
        ("", SEVEN, "must have 7 symbols. Received: '' (0)"),
        ("ABC123", SEVEN, "must have 7 symbols. Received: 'ABC123' (6)"),
        ("ABC12345", SEVEN, "must have 7 symbols. Received: 'ABC12345' (8)"),
        ("ABC12?É", SEVEN, "unknown: '?', 'É'"),
        ("\u0410BC1234", SEVEN, "unknown: '\u0410'"),  # a Cyrillic A
        ("___", PADDED, "must have 1 to 9 symbols. Received: '___' (0)"),
        ("0123456789", PADDED, "must have 1 to 9 symbols. Received: '0123456789' (10)"),
    ],
)
def test_normalize_refuses(text, plate_format, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        normalize_plate(text, plate_format)


def test_encode_gives_alphabet_positions():
    encoded = encode_plate("aBO-0129", SEVEN)
    assert encoded.dtype == np.int64
    assert encoded.tolist() == [10, 11, 0, 0, 1, 2, 9]
    assert encode_plate("Z9", PADDED).tolist() == [35, 9] + [36] * 7


def test_encode_plates_stacks_rows():
    assert encode_plates(["0000000", "ZZZZZZZ"], SEVEN).tolist() == [[0] * 7, [34] * 7]
    assert encode_plates([], SEVEN).shape == (0, 7)


def test_decode_drops_pads_wherever_they_stand():
    assert decode_plate([10, 36, 11, 36, 36, 36, 36, 36, 36], PADDED) == "AB"
    assert decode_plate([36] * 9, PADDED) == ""


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0] * 6, "must have 7 slots. Received the shape: (6,)"),
        ([[0] * 7], "must have the shape (S,). Received: (1, 7)"),
        ([0, 0, 0, 0, 0, 0, 35], "must lie in 0..34. Received: 0..35"),
        ([-1, 0, 0, 0, 0, 0, 0], "must lie in 0..34. Received: -1..0"),
    ],
)
def test_decode_refuses(indices, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        decode_plate(indices, SEVEN)


def test_one_hot_has_a_single_one_in_each_slot():
    targets = one_hot(encode_plates(["ABC1234", "0000000"], SEVEN), SEVEN)
    assert targets.dtype == np.float32
    assert targets.shape == (2, 7, 35)
    assert targets.sum(axis=2).tolist() == [[1.0] * 7] * 2
    assert targets.argmax(axis=2).tolist() == encode_plates(["ABC1234", "0000000"], SEVEN).tolist()
    with pytest.raises(ValueError, match=re.escape("must lie in 0..34")):
        one_hot([[35] * 7], SEVEN)


@settings(deadline=None)
@given(st.text(alphabet=SEVEN.alphabet, min_size=7, max_size=7))
def test_round_trip_seven(text):
    assert decode_plate(encode_plate(text, SEVEN), SEVEN) == text


@settings(deadline=None)
@given(st.text(alphabet=PADDED.alphabet[:-1], min_size=1, max_size=9))
def test_round_trip_padded(text):
    assert decode_plate(encode_plate(text, PADDED), PADDED) == text


@settings(deadline=None)
@given(st.text())
def test_any_text_is_normalised_once_or_refused(text):
    try:
        normalised = normalize_plate(text, PADDED)
    except ValueError:
        return
    assert normalize_plate(normalised, PADDED) == normalised
