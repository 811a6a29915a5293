from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpr_core.plates.facts import FACT_COLUMNS, UNKNOWN, PlateFacts, parse_moment

NAMES = st.text(st.characters().filter(str.isprintable), max_size=80).map(str.strip)
FACTS = st.builds(
    PlateFacts,
    rows=st.sampled_from([None, 1, 2]),
    camera=NAMES,
    taken_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    track=NAMES,
)


@given(FACTS)
def test_written_facts_are_read_back(facts):
    assert tuple(facts.write()) == FACT_COLUMNS == ("rows", "camera", "taken_at", "track")
    assert PlateFacts.parse(facts.write()) == facts


@pytest.mark.parametrize("said", [{}, {"rows": None, "camera": "", "other": 5}])
def test_nothing_said_is_nothing_known(said):
    assert PlateFacts.parse(said) == UNKNOWN


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"rows": "3"}, "rows must be 1 or 2, or empty. Received: '3'"),
        ({"rows": "two"}, "rows must be 1 or 2, or empty. Received: 'two'"),
        ({"rows": 1.5}, "rows must be 1 or 2, or empty. Received: '1.5'"),
        ({"taken_at": "noon"}, "a time must be as 2026-01-31T12:00:00Z. Received: 'noon'"),
        ({"taken_at": "0001-01-01T00:00+05:00"}, "a time must be as"),  # before the year 1 in UTC
        ({"camera": "x" * 81}, "camera must have at most 80 printable symbols. Received 81: 'xxx"),
        ({"track": "a\0b"}, r"track must have at most 80 printable symbols. Received 3: 'a\x00b'"),
    ],
)
def test_what_cannot_be_is_refused(said, problem):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        PlateFacts.parse(said)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    "text", ["2026-01-31T12:00:00Z", "2026-01-31 12:00", "2026-01-31T14:00:00+02:00"]
)
def test_moments_are_utc(text):
    assert parse_moment(text) == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert parse_moment(text).tzinfo is UTC


def test_known_facts_are_filled_in_not_replaced():
    moment = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    here, there = PlateFacts(2, "", moment), PlateFacts(1, "north", None, "t7")
    assert here.fill_in(there) == PlateFacts(2, "north", moment, "t7")
    assert UNKNOWN.fill_in(there) == there
