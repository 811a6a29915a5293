"""Judge a diary: which of its comparisons stand, over the pictures that they were measured on."""

import math
from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from scipy.special import bdtr, ndtri  # not scipy.stats, whose import takes a second

from lpr_core.evidence.diary.counts import InferredCount, Written, infer_count
from lpr_core.evidence.diary.entries import Diary, DiaryEntry, DiaryError
from lpr_core.evidence.diary.pairs import Pair, pair_entries
from lpr_core.statistics.shares import newcombe_interval, two_shares_p_value
from lpr_core.statistics.significance import ALPHA, holm

RUN_SPREAD = 0.04
"""How much scores of runs that differ in nothing but their seed are taken to vary (standard
deviation), where nobody measured it: an assumption, to be replaced by one's own."""

_HINT = 0.10
"""Above this p-value, before Holm, there is no evidence at all."""
_POWER = 0.80
_MAX_RUNS = 1_000


class DiaryVerdict(StrEnum):
    """What a comparison of a diary comes to."""

    STANDS = "stands"
    UNDECIDED = "undecided"
    NO_EVIDENCE = "no evidence"
    TWO_CHANGED = "two things changed at once"
    CANNOT_TELL = "cannot be told"


class DiaryComparison(BaseModel):
    """Two runs of a diary, the better or kept one first.

    Attributes:
        factor: The setting that differs.
        first: Its level in the first run.
        second: Its level in the second run.
        difference: Score of the first less that of the second.
        low: Lower end of the 95 % interval over other test pictures; None without their number.
        high: Upper end.
        p_value: Two-sided, of no difference on other test pictures; None without their number.
        p_holm: The same, adjusted for all comparisons of the diary.
        verdict: What it comes to.
        would_last: Whether it would also stand if single runs varied by the stated spread.
        runs_needed: Runs of each level that would find a difference of this size in 8 of 10 cases
            at that spread; None where more than 1,000 or where the number of pictures is unknown.
        remarks: What else is to be known, as sentences.
    """

    model_config = ConfigDict(frozen=True)

    factor: str
    first: str
    second: str
    difference: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    verdict: DiaryVerdict
    would_last: bool = False
    runs_needed: int | None = None
    remarks: tuple[str, ...] = ()


class Audit(BaseModel):
    """A diary, judged.

    Attributes:
        entries: Its rows.
        count: Test pictures of a score; None where scores have numbers of their own, or none.
        inferred: How the number of pictures was found, where the diary does not say it.
        comparisons: In the order of the diary.
        chance: Score of guessing; None where the number of classes is not known.
        below_chance: Lines of the entries that are surely worse than guessing.
        run_spread: Standard deviation of runs that is assumed.
        single_run_gap: The difference that two single runs must show to be found in 8 of 10 cases
            at that spread; None without the number of pictures.
        selection_gain: By how much the best of as many equal runs looks better than it is, by
            the choice of pictures alone; None without their number.
    """

    model_config = ConfigDict(frozen=True)

    entries: tuple[DiaryEntry, ...]
    count: int | None
    inferred: InferredCount | None
    comparisons: tuple[DiaryComparison, ...]
    chance: float | None
    below_chance: tuple[int, ...]
    run_spread: float
    single_run_gap: float | None
    selection_gain: float | None

    @property
    def num_standing(self) -> int:
        """Comparisons that stand."""
        return sum(one.verdict is DiaryVerdict.STANDS for one in self.comparisons)


def audit_diary(
    diary: Diary,
    count: int | None = None,
    classes: int | None = None,
    run_spread: float = RUN_SPREAD,
) -> Audit:
    """Return what the comparisons of a diary show.

    In each factor the level that was kept, else the best, is compared with each other one; the best
    run of the diary with its first one. Two unpaired shares are tested (z with a pooled share, or
    Fisher's exact test), and Holm corrects for all of them: what stands is that the two *runs*
    differ on other pictures of the same kind. Whether the setting does it, a single run cannot say;
    `would_last` and `runs_needed` tell how far it is from that.

    Args:
        diary: From `parse_diary` or `read_diary`.
        count: Test pictures of each score that names none; inferred where None.
        classes: Classes of the task, equally many pictures of each; None where unknown.
        run_spread: Standard deviation of the scores of runs that differ in their seed, as a share.

    Raises:
        DiaryError: A number is out of its range.
    """
    if classes is not None and classes < 2:
        raise DiaryError(f"a task has at least 2 classes. Received: {classes}.")
    if count is not None and count < 1:
        raise DiaryError(f"a score is of at least 1 picture. Received: {count}.")
    if not 0 <= run_spread <= 0.5:
        raise DiaryError(f"the spread of runs must be from 0 to 0.5. Received: {run_spread}.")
    entries, count, inferred = _count_pictures(diary, count)
    classes = classes or diary.classes
    chance = 1 / classes if classes else None
    below = {entry.line for entry in entries if chance and _is_below(entry, chance)}
    pairs = pair_entries(entries)
    return Audit(
        entries=entries,
        count=count,
        inferred=inferred,
        comparisons=_judge(pairs, below, run_spread),
        chance=chance,
        below_chance=tuple(sorted(below)),
        run_spread=run_spread,
        single_run_gap=_find_gap(entries, run_spread),
        selection_gain=_find_selection_gain(entries),
    )


def _count_pictures(
    diary: Diary, count: int | None
) -> tuple[tuple[DiaryEntry, ...], int | None, InferredCount | None]:
    """Return entries that know how many of how many pictures were right, where that is known."""
    count = count or diary.count
    inferred = None
    silent = [entry for entry in diary.entries if not entry.count]
    if silent and not count:
        inferred = infer_count([Written(entry.score, entry.grain) for entry in silent])
        count = inferred.count if inferred else None
    entries = tuple(_fill(entry, count) for entry in diary.entries)
    counts = {entry.count for entry in entries}
    return entries, counts.pop() if len(counts) == 1 else None, inferred


def _fill(entry: DiaryEntry, count: int | None) -> DiaryEntry:
    of = entry.count or count
    if of is None or entry.right is not None:
        return entry
    return entry.model_copy(update={"count": of, "right": round(entry.score * of)})


def _judge(
    pairs: Sequence[Pair], below: set[int], run_spread: float
) -> tuple[DiaryComparison, ...]:
    shown = [_p_value(pair, 0.0) for pair in pairs]
    lasting = [_p_value(pair, 2 * run_spread**2) for pair in pairs]
    adjusted = iter(holm([p for p in shown if p is not None]))
    adjusted_lasting = iter(holm([p for p in lasting if p is not None]))
    found = []
    for pair, p_value in zip(pairs, shown, strict=True):
        known = p_value is not None
        p_holm = next(adjusted) if known else None
        p_lasting = next(adjusted_lasting) if known else None
        low, high = newcombe_interval(*_counts(pair)) if known else (None, None)
        found.append(
            DiaryComparison(
                factor=pair.factor,
                first=pair.first.level,
                second=pair.second.level,
                difference=pair.first.score - pair.second.score,
                low=low,
                high=high,
                p_value=p_value,
                p_holm=p_holm,
                verdict=_decide(pair, p_value, p_holm),
                would_last=p_lasting is not None and p_lasting <= ALPHA,
                runs_needed=_count_runs(pair, run_spread) if known else None,
                remarks=_remark(pair, below),
            )
        )
    return tuple(found)


def _decide(pair: Pair, p_value: float | None, p_holm: float | None) -> DiaryVerdict:
    if pair.changed_too:
        return DiaryVerdict.TWO_CHANGED
    if p_value is None or p_holm is None:
        return DiaryVerdict.CANNOT_TELL
    if p_holm <= ALPHA:
        return DiaryVerdict.STANDS
    return DiaryVerdict.UNDECIDED if p_value <= _HINT else DiaryVerdict.NO_EVIDENCE


def _remark(pair: Pair, below: set[int]) -> tuple[str, ...]:
    remarks = []
    if pair.changed_too:
        remarks.append(f"Also changed: {pair.changed_too}; the gain may belong to either.")
    broken = [entry.level for entry in (pair.first, pair.second) if entry.line in below]
    if broken:
        remarks.append(
            f"{' and '.join(broken)} below chance: a broken run, no measure of a setting."
        )
    if pair.num_tried > 1:
        remarks.append(f"The best of {pair.num_tried + 1} runs, chosen on these test pictures.")
    return tuple(remarks)


def _counts(pair: Pair) -> tuple[tuple[int, int], tuple[int, int]]:
    (first, second) = ((entry.right, entry.count) for entry in (pair.first, pair.second))
    assert first[0] is not None
    assert first[1] is not None
    assert second[0] is not None
    assert second[1] is not None
    return (first[0], first[1]), (second[0], second[1])


def _p_value(pair: Pair, extra_variance: float) -> float | None:
    """Return the p-value, for the best of several runs times their number (Bonferroni)."""
    if not pair.first.count or not pair.second.count:
        return None
    return min(1.0, pair.num_tried * two_shares_p_value(*_counts(pair), extra_variance))


def _count_runs(pair: Pair, run_spread: float) -> int | None:
    """Return runs of each level: 2 (z_a + z_b)^2 v / d^2 for a variance v of one run's score."""
    (right, of), (other_right, other_of) = _counts(pair)
    pooled = (right + other_right) / (of + other_of)
    variance = run_spread**2 + pooled * (1 - pooled) * (1 / of + 1 / other_of) / 2
    difference = abs(right / of - other_right / other_of)
    if difference <= 0:
        return None
    runs = math.ceil(2 * _reach() ** 2 * variance / difference**2)
    return max(2, runs) if runs <= _MAX_RUNS else None


def _reach() -> float:
    """Return how many standard errors a difference must have to be found with `_POWER`."""
    return float(ndtri(1 - ALPHA / 2) + ndtri(_POWER))


def _picture_variance(entries: Sequence[DiaryEntry]) -> float | None:
    """Return the mean variance of a score by the choice of pictures; None where it is unknown."""
    counted = [entry for entry in entries if entry.count]
    if not counted:
        return None
    mean = sum(entry.score for entry in counted) / len(counted)
    return mean * (1 - mean) * sum(1 / (entry.count or 1) for entry in counted) / len(counted)


def _find_gap(entries: Sequence[DiaryEntry], run_spread: float) -> float | None:
    variance = _picture_variance(entries)
    return None if variance is None else _reach() * math.sqrt(2 * (variance + run_spread**2))


def _find_selection_gain(entries: Sequence[DiaryEntry]) -> float | None:
    """Return the expected largest of as many normal errors (Blom's approximation)."""
    variance = _picture_variance(entries)
    runs = len({(entry.score, entry.count) for entry in entries})
    if variance is None or runs < 2:
        return None
    return float(ndtri((runs - 0.375) / (runs + 0.25))) * math.sqrt(variance)


def _is_below(entry: DiaryEntry, chance: float) -> bool:
    """Tell whether guessing would do as badly in fewer than one of twenty cases (binomial)."""
    if entry.right is None or entry.count is None or entry.score >= chance:
        return False
    return float(bdtr(entry.right, entry.count, chance)) < ALPHA
