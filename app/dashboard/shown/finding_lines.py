"""What the comparisons of a study come to, in a line or two."""

from collections.abc import Sequence

from lpr_core.evidence.judging.findings import Finding
from lpr_core.evidence.units import count, points
from lpr_core.evidence.vocabulary import VerdictWord

_AGAINST = {
    VerdictWord.BETTER: "Better than",
    VerdictWord.WORSE: "Worse than",
    VerdictWord.NO_DIFFERENT: "No different from",
    VerdictWord.UNDECIDED: "Undecided against",
    VerdictWord.NOT_TRAINED: "Not trained far enough to be compared with",
}
_MAX_REFERENCES = 3


def tell_directions(findings: Sequence[Finding]) -> list[str]:
    """Return a line for each reference and direction; none where there are many references.

    `**Worse than 0 % frozen**: 25 % frozen −4.2; 50 % frozen −22.3 percentage points`.
    """
    references = list(dict.fromkeys(finding.reference_label for finding in findings))
    if len(references) > _MAX_REFERENCES:
        return []
    lines = []
    for reference in references:
        for direction, words in _AGAINST.items():
            effects = [
                _tell_effect(finding)
                for finding in findings
                if (finding.reference_label, finding.direction) == (reference, direction)
            ]
            if effects:
                lines.append(f"**{words} {reference}**: {'; '.join(effects)} percentage points")
    return lines


def count_directions(findings: Sequence[Finding]) -> str:
    """Return how many comparisons point where: `4 comparisons: 3 worse, 1 no different`."""
    directions = [finding.direction for finding in findings]
    counts = [f"{directions.count(name)} {name}" for name in _AGAINST if name in directions]
    return f"{count(len(findings), 'comparison')}: {', '.join(counts)}"


def _tell_effect(finding: Finding) -> str:
    """Return `25 % frozen −4.2`, less what both labels have in common up to a comma."""
    shared, _, own = finding.label.rpartition(", ")
    is_shared = finding.reference_label.startswith(f"{shared}, ")
    return f"{own if is_shared else finding.label} {points(finding.comparison.effect)}"
