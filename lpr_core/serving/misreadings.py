"""What is still misread, by kind: which change to a reader or its pictures would help most.

Kinds are looked for in the order of `MISREADING_KINDS`; the first that fits is the kind, so that
their counts add up to the misread plates.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

NOT_READ = "nothing read"
ADDED_LEFT = "added at the left end"
ADDED_RIGHT = "added at the right end"
DROPPED_LEFT = "dropped at the left end"
DROPPED_RIGHT = "dropped at the right end"
ONE_SYMBOL = "one symbol"
OTHER_ORDER = "parts in another order"
SEVERAL = "several"

MISREADING_KINDS = (
    NOT_READ,
    ADDED_LEFT,
    ADDED_RIGHT,
    DROPPED_LEFT,
    DROPPED_RIGHT,
    ONE_SYMBOL,
    OTHER_ORDER,
    SEVERAL,
)
"""All kinds. A band or crest taken for a character is *added*, one lost to a band *dropped* (one or
more, with the rest of the text right); two rows read from the bottom are *parts in another order*.
"""
_NUM_PAIRS = 10


class KindCount(TypedDict):
    """How many plates were misread in one way.

    `sure` of them were told with a confidence that people act on; `unreadable` of them the reader
    held back as no plate that can be read.
    """

    count: int
    sure: int
    unreadable: int


def name_misreading(truth: str, read: str) -> str | None:
    """Return the kind of a misreading, one of `MISREADING_KINDS`, or None where `read` is right.

    Both are texts as scores compare them.
    """
    if read == truth:
        return None
    if not read:
        return NOT_READ
    same_length = len(read) == len(truth)
    tests = {
        ADDED_LEFT: read.endswith(truth),
        ADDED_RIGHT: read.startswith(truth),
        DROPPED_LEFT: truth.endswith(read),
        DROPPED_RIGHT: truth.startswith(read),
        ONE_SYMBOL: same_length and _count_different(truth, read) == 1,
        OTHER_ORDER: same_length and read in truth + truth,  # a rotation: both parts swapped
    }
    return next((kind for kind, fits in tests.items() if fits), SEVERAL)


def count_kinds(
    truth: Iterable[str], read: Iterable[str], sure: Iterable[bool], readable: Iterable[bool]
) -> dict[str, KindCount]:
    """Return the counts of each kind of misreading, zeros as well, in the order of the kinds."""
    counts: dict[str, KindCount] = {
        kind: {"count": 0, "sure": 0, "unreadable": 0} for kind in MISREADING_KINDS
    }
    for label, text, is_sure, is_readable in zip(truth, read, sure, readable, strict=True):
        kind = name_misreading(label, text)
        if kind is not None:
            counts[kind]["count"] += 1
            counts[kind]["sure"] += bool(is_sure)
            counts[kind]["unreadable"] += not is_readable
    return counts


def count_confused(truth: Iterable[str], read: Iterable[str]) -> list[list[str | int]]:
    """Return the ten most frequent (right, read, count) where one symbol is the whole mistake.

    Unlike `evaluation.count_misread`, which compares place by place, nothing here comes from texts
    that slipped by a place.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for label, text in zip(truth, read, strict=True):
        if len(label) == len(text) and _count_different(label, text) == 1:
            counts.update(pair for pair in zip(label, text, strict=True) if pair[0] != pair[1])
    return [[right, wrong, count] for (right, wrong), count in counts.most_common(_NUM_PAIRS)]


def _count_different(first: str, second: str) -> int:
    return sum(one != other for one, other in zip(first, second, strict=True))
