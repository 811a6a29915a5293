"""Kinds of plate texts by region, as data."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PATTERNS_PATH = Path(__file__).with_name("patterns.csv")


@dataclass(frozen=True)
class Pattern:
    """One kind of plate text.

    Attributes:
        region: Country (ISO 3166, lower case), or US state as in `us-ca`.
        family: Wider region that it belongs to too: `eu` (Europe, Turkey included) or `us`; the
            region itself where there is none.
        name: For people, such as "Brazil, Mercosul".
        template: L for a letter and N for a digit in each slot, without separators.
        weight: Rough guess how many million cars carry it; only ratios matter.
    """

    region: str
    family: str
    name: str
    template: str
    weight: float


@cache
def all_patterns() -> tuple[Pattern, ...]:
    """Return the patterns of `patterns.csv` in its order; the file has a source for each."""
    with _PATTERNS_PATH.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Pattern(
                region=row["region"],
                family=row["family"],
                name=row["name"],
                template=row["template"],
                weight=float(row["weight"]),
            )
            for row in csv.DictReader(stream)
        )


@cache
def regions() -> tuple[str, ...]:
    """Return the codes that `patterns_for` knows, families among them, sorted."""
    return tuple(sorted({code for p in all_patterns() for code in (p.region, p.family)}))


def patterns_for(region: str) -> tuple[Pattern, ...]:
    """Return the patterns of a region (`br`, `us-ca`) or of a whole family (`eu`, `us`).

    Raises:
        ValueError: No pattern has that region; the message lists the known ones.
    """
    if region not in regions():
        raise ValueError(f"region must be one of {', '.join(regions())}. Received: {region!r}")
    return tuple(p for p in all_patterns() if region in (p.region, p.family))


def restore_letters(text: str, pattern: Pattern) -> str:
    """Return a text that fits a pattern with O for 0 where the pattern wants a letter.

    Raises:
        ValueError: The text is not as long as the pattern.
    """
    if len(text) != len(pattern.template):
        raise ValueError(
            f"text must have the {len(pattern.template)} symbols of {pattern.template}. "
            f"Received: {text!r}"
        )
    pairs = zip(text, pattern.template, strict=True)
    return "".join("O" if (symbol, kind) == ("0", "L") else symbol for symbol, kind in pairs)
