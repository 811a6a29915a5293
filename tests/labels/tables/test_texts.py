"""The text of a plate as a person types it: cleaned, or refused with the rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpr_core.labels.tables.rows import clean_text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("abc1d23", "ABC1D23"),
        ("  ABC - 1234 ", "ABC1234"),
        ("tö·l 12", "TÖL12"),
        ("\uff21\uff22\uff11", "AB1"),  # typed full-width
        ("A" * 16, "A" * 16),
    ],
)
def test_a_typed_text_is_cleaned(typed, stored):
    assert clean_text(typed) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "1 to 16 letters and digits. Received 0: ''"),
        (" - ", "1 to 16 letters and digits. Received 0: ' - '"),
        ("A" * 17, "Received 17"),
        ("AB?1", r"only letters and digits. Received: 'AB\?1' \(not allowed: '\?'\)"),
        ("=1+1", r"not allowed: '\+', '='"),
        ("A\x00B", "not allowed: '.x00'"),
    ],
)
def test_other_texts_are_refused_with_the_rule(typed, message):
    with pytest.raises(ValueError, match=message):
        clean_text(typed)


@given(st.text(max_size=20))
def test_cleaning_is_done_once_or_refused(typed):
    try:
        cleaned = clean_text(typed)
    except ValueError:
        return
    assert clean_text(cleaned) == cleaned
    assert cleaned.isalnum()
