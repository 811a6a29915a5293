"""How far two persons' words about the same plates agree; numbers only, no database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from lpr_core.labels.tables.rows import Mark
from lpr_core.labels.tables.standing import fold_text, says_the_same
from lpr_core.statistics import wilson_interval

NO_SYMBOL = ""
"""Stands for a position that only one of the two texts has."""

_SymbolPair = tuple[str, str]


@dataclass(frozen=True)
class DoubleReading:
    """What two persons said about one plate: each a name, a mark and a text."""

    first_author: str
    first_mark: str
    first_text: str
    second_author: str
    second_mark: str
    second_text: str

    @property
    def agrees(self) -> bool:
        """Whether both mean the same; the letter O and the digit 0 count as one."""
        return says_the_same(self.first_mark, self.first_text, self.second_mark, self.second_text)

    @property
    def symbols(self) -> list[_SymbolPair]:
        """Both texts position by position; nothing unless both could read the plate."""
        if not (Mark(self.first_mark).is_readable and Mark(self.second_mark).is_readable):
            return []
        texts = fold_text(self.first_text), fold_text(self.second_text)
        return list(zip_longest(*texts, fillvalue=NO_SYMBOL))

    def by_name(self) -> "DoubleReading":
        """Return the same with the two persons in the order of their names, whoever read first."""
        if self.first_author <= self.second_author:
            return self
        return DoubleReading(
            self.second_author,
            self.second_mark,
            self.second_text,
            self.first_author,
            self.first_mark,
            self.first_text,
        )


@dataclass(frozen=True)
class Agreement:
    """How far some comparisons agree.

    Attributes:
        plates: How many plates were compared.
        agreed: On how many both meant the same.
        rate: Their share.
        low: Of its 95 % Wilson interval.
        high: Of the same.
        kappa: Cohen's kappa of the symbols, positions of all plates pooled: 1 where all agree, 0
            where as many do as by chance; None where chance alone would agree everywhere.
    """

    plates: int
    agreed: int
    rate: float
    low: float
    high: float
    kappa: float | None


@dataclass(frozen=True)
class SymbolAgreement:
    """How far two readers agree on one symbol.

    Attributes:
        symbol: The symbol; 0 stands for the letter O too.
        count: Positions at which at least one of both saw it.
        agreed: Positions at which both did.
        kappa: Cohen's kappa of this symbol against all others; None as for `Agreement`.
    """

    symbol: str
    count: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True)
class AgreementReport:
    """Agreement of a project.

    Attributes:
        total: Of all comparisons; None before the first.
        pairs: By both names, each pair sorted, whoever read first.
        people: By name; each comparison counts for both persons.
        symbols: Of each symbol that was seen, most often disputed first.
    """

    total: Agreement | None
    pairs: dict[tuple[str, str], Agreement]
    people: dict[str, Agreement]
    symbols: tuple[SymbolAgreement, ...]


def report_agreement(comparisons: Sequence[DoubleReading]) -> AgreementReport:
    """Compute agreement over all plates, by pair, by person and by symbol."""
    pairs: dict[tuple[str, str], list[DoubleReading]] = defaultdict(list)
    people: dict[str, list[DoubleReading]] = defaultdict(list)
    for comparison in (given.by_name() for given in comparisons):
        names = comparison.first_author, comparison.second_author
        pairs[names].append(comparison)
        for name in names:
            people[name].append(comparison)
    return AgreementReport(
        total=measure(comparisons) if comparisons else None,
        pairs={names: measure(pairs[names]) for names in sorted(pairs)},
        people={name: measure(people[name]) for name in sorted(people)},
        symbols=_measure_symbols([pair for item in comparisons for pair in item.symbols]),
    )


def measure(comparisons: Sequence[DoubleReading]) -> Agreement:
    """Return the agreement of at least one comparison."""
    agreed = sum(comparison.agrees for comparison in comparisons)
    low, high = wilson_interval(agreed, len(comparisons))
    symbols = [pair for comparison in comparisons for pair in comparison.symbols]
    return Agreement(
        plates=len(comparisons),
        agreed=agreed,
        rate=agreed / len(comparisons),
        low=low,
        high=high,
        kappa=cohen_kappa(symbols),
    )


def cohen_kappa(pairs: Iterable[tuple[object, object]]) -> float | None:
    """Return Cohen's kappa of two raters' categories; None where it is not defined.

    See https://doi.org/10.1177/001316446002000104.
    """
    counted = Counter(pairs)
    total = sum(counted.values())
    if not total:
        return None
    first, second = Counter[object](), Counter[object]()
    for (one, other), times in counted.items():
        first[one] += times
        second[other] += times
    observed = sum(times for (one, other), times in counted.items() if one == other) / total
    by_chance = sum(first[name] * second[name] for name in first) / total**2
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def _measure_symbols(pairs: Sequence[_SymbolPair]) -> tuple[SymbolAgreement, ...]:
    counted = Counter(pairs)
    names = {symbol for pair in counted for symbol in pair} - {NO_SYMBOL}
    measured = [_measure_symbol(symbol, counted) for symbol in sorted(names)]
    return tuple(sorted(measured, key=lambda item: item.agreed - item.count))


def _measure_symbol(symbol: str, counted: Counter[_SymbolPair]) -> SymbolAgreement:
    either = sum(times for pair, times in counted.items() if symbol in pair)
    flags = Counter[tuple[bool, bool]]()
    for (one, other), times in counted.items():
        flags[one == symbol, other == symbol] += times
    return SymbolAgreement(symbol, either, flags[True, True], cohen_kappa(flags.elements()))
