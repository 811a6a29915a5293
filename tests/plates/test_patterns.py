import csv
import re
from collections import Counter

import pytest

from lpr_core.plates import patterns
from lpr_core.plates.patterns import Pattern, all_patterns, patterns_for, regions, restore_letters

TEMPLATES = {(p.region, p.template) for p in all_patterns()}


@pytest.mark.parametrize(
    ("region", "template"),
    [
        ("br", "LLLNNNN"),
        ("br", "LLLNLNN"),
        ("ar", "LLNNNLL"),
        ("es", "NNNNLLL"),
        ("fr", "LLNNNLL"),
        ("it", "LLNNNLL"),
        ("sk", "LLNNNLL"),
        ("be", "NLLLNNN"),
        ("gb", "LLNNLLL"),
        ("cz", "NLNNNNN"),
        ("ro", "LLNNLLL"),
        ("bg", "LNNNNLL"),
        ("gr", "LLLNNNN"),
        ("dk", "LLNNNNN"),
        ("us-ca", "NLLLNNN"),
        ("us-ny", "LLLNNNN"),
        ("us-tx", "LLNLNNN"),
        ("us-nh", "NNNNNNN"),
    ],
)
def test_well_known_patterns_are_there(region, template):
    assert (region, template) in TEMPLATES


def test_rows_are_sound():
    for pattern in all_patterns():
        assert re.fullmatch(r"[a-z]{2}|us-[a-z]{2}", pattern.region)
        assert pattern.family in {"eu", "us", pattern.region}
        assert re.fullmatch("[LN]{4,10}", pattern.template)
        assert 0 < pattern.weight < 100
        assert pattern.name
    assert len(TEMPLATES) == len({p.name for p in all_patterns()}) == len(all_patterns())


def test_every_row_names_its_source():
    with patterns._PATTERNS_PATH.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["region", "family", "name", "template", "weight", "source"]
    assert all(row["source"].startswith("Vehicle registration plates of ") for row in rows)


def test_regions_and_families():
    assert {"br", "ar", "eu", "us", "gb", "de", "us-ca", "us-de"} <= set(regions())
    assert list(regions()) == sorted(set(regions()))
    by_family = Counter(p.family for p in all_patterns())
    assert {family: len(patterns_for(family)) for family in by_family} == by_family
    assert len([code for code in regions() if code.startswith("us-")]) == 51  # with Washington D.C.


def test_a_region_has_its_own_patterns_only():
    assert patterns_for("br") == (
        Pattern("br", "br", "Brazil, 1990 to 2018", "LLLNNNN", 60.0),
        Pattern("br", "br", "Brazil, Mercosul", "LLLNLNN", 55.0),
    )
    assert {p.region for p in patterns_for("de")} == {"de"}
    assert {p.region for p in patterns_for("us-de")} == {"us-de"}


@pytest.mark.parametrize("region", ["", "BR", "xx", "us-xx"])
def test_an_unknown_region_is_told_the_known_ones(region):
    message = re.escape(f"region must be one of {', '.join(regions())}. Received: {region!r}")
    with pytest.raises(ValueError, match=message):
        patterns_for(region)


@pytest.mark.parametrize(
    ("text", "template", "expected"),
    [
        ("0000000", "LLLNNNN", "OOO0000"),
        ("F0X1C30", "LLLNLNN", "FOX1C30"),
        ("ABC1234", "LLLNNNN", "ABC1234"),
        ("0000000", "NNNNNNN", "0000000"),
        ("", "", ""),
    ],
)
def test_restore_letters(text, template, expected):
    assert restore_letters(text, Pattern("br", "br", "any", template, 1.0)) == expected


def test_restore_letters_wants_the_patterns_length():
    with pytest.raises(ValueError, match=r"the 7 symbols of LLLNNNN\. Received: 'ABC123'"):
        restore_letters("ABC123", patterns_for("br")[0])
