"""Comparisons in a line or two: which way they point, against what, and how many."""

import pytest

from app.dashboard.shown.finding_lines import count_directions, tell_directions
from lpr_core.evidence.judging.comparisons import Comparison
from lpr_core.evidence.judging.findings import Finding
from lpr_core.evidence.units import MINUS


def find(label: str, reference: str, direction: str, effect: float) -> Finding:
    comparison = Comparison.model_construct(effect=effect)
    return Finding.model_construct(
        label=label, reference_label=reference, direction=direction, comparison=comparison
    )


def test_directions_have_a_line_each_and_labels_lose_what_they_share():
    findings = [
        find("b0, 25 % frozen", "b0, 0 % frozen", "no different", -0.002),
        find("b0, 50 % frozen", "b0, 0 % frozen", "worse", -0.1),
        find("b0, 75 % frozen", "b0, 0 % frozen", "worse", -0.25),
    ]
    told = [line.replace(MINUS, "-") for line in tell_directions(findings)]
    assert told == [
        "**Worse than b0, 0 % frozen**: 50 % frozen -10.0; 75 % frozen -25.0 percentage points",
        "**No different from b0, 0 % frozen**: 25 % frozen -0.2 percentage points",
    ]


def test_labels_that_share_nothing_stay_whole():
    (line,) = tell_directions([find("All three", "Frozen, pooled, noisy", "better", 0.8)])
    assert line == "**Better than Frozen, pooled, noisy**: All three +80.0 percentage points"


def test_each_reference_has_its_own_lines_unless_there_are_many():
    findings = [find(f"{n}, 50 %", f"{n}, 0 %", "undecided", 0) for n in "abcd"]
    assert len(tell_directions(findings[:3])) == 3
    assert tell_directions(findings) == tell_directions([]) == []


@pytest.mark.parametrize(
    ("directions", "told"),
    [
        (["worse"], "1 comparison: 1 worse"),
        (["undecided", "no different", "better", "worse", "worse"],
         "5 comparisons: 1 better, 2 worse, 1 no different, 1 undecided"),
    ],
)  # fmt: skip
def test_comparisons_are_counted_by_direction(directions, told):
    assert count_directions([find("a", "b", way, 0.0) for way in directions]) == told
