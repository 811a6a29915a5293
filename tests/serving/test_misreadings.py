import pytest

from lpr_core.serving.misreadings import (
    MISREADING_KINDS,
    count_confused,
    count_kinds,
    name_misreading,
)


@pytest.mark.parametrize(
    ("truth", "read", "kind"),
    [
        ("ABC123", "ABC123", None),
        ("ABC123", "", "nothing read"),
        ("ABC123", "1ABC123", "added at the left end"),
        ("ABC123", "GBABC123", "added at the left end"),
        ("ABC123", "ABC123I", "added at the right end"),
        ("ABC123", "BC123", "dropped at the left end"),
        ("ABC123", "ABC12", "dropped at the right end"),
        ("ABC123", "ABG123", "one symbol"),
        ("ABC123", "123ABC", "parts in another order"),
        ("11112", "11121", "parts in another order"),
        ("ABC123", "ABG128", "several"),
        ("ABC123", "1ABC128", "several"),
        ("ABC123", "ABC1X3X", "several"),
        ("AAA", "AAAA", "added at the left end"),  # either end; one kind is counted
        ("A", "B", "one symbol"),
    ],
)
def test_each_misreading_has_one_kind(truth, read, kind):
    assert name_misreading(truth, read) == kind
    assert kind is None or kind in MISREADING_KINDS


def test_kinds_are_counted_with_zeros_and_with_how_they_were_told():
    truth, read = ["AB1", "AB1", "AB1", "AB1"], ["AB1", "AB7", "AB7", "1AB1"]
    counts = count_kinds(truth, read, [True, True, False, False], [True, True, False, True])
    assert tuple(counts) == MISREADING_KINDS
    assert counts["one symbol"] == {"count": 2, "sure": 1, "unreadable": 1}
    assert counts["added at the left end"] == {"count": 1, "sure": 0, "unreadable": 0}
    assert sum(kind["count"] for kind in counts.values()) == 3


def test_only_single_mistakes_are_confusions():
    truth = ["AB8", "AB8", "ABC123", "AB8"]
    read = ["ABB", "ABB", "1ABC12", "XX8"]
    assert count_confused(truth, read) == [["8", "B", 2]]
    assert count_confused([], []) == []
