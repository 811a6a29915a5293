"""What the intervals of a figure are over, for its caption."""

from collections.abc import Iterable

from lpr_core.evidence.wording import describe_interval


def describe_intervals(num_seeds: Iterable[int]) -> str:
    """Return what else could have been drawn, where intervals rest on these numbers of seeds."""
    counts = set(num_seeds)
    told = describe_interval(max(counts, default=0))
    is_mixed = 1 in counts and len(counts) > 1
    return f"{told}; where there is one seed, over other plates alone" if is_mixed else told
