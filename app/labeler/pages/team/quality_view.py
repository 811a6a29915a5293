"""HTML of the quality tab: agreement between people, errors on gold plates, how sure both are."""

from collections.abc import Iterable, Sequence
from html import escape

from lpr_core.labels import Agreement, AgreementReport, GoldScore, SymbolAgreement

ENOUGH_PLATES = 30
"""Below this a share is said together with how little it means."""
MAX_SYMBOLS = 12


def show_quality(report: AgreementReport, gold: Sequence[GoldScore]) -> str:
    """Return both parts, or what is to be done so that there is something to show."""
    return _show_agreement(report) + _show_gold(gold)


def _show_agreement(report: AgreementReport) -> str:
    title = "<h2>Agreement of first and second readings</h2>"
    if report.total is None:
        return (
            f"{title}<p>No plate has been read by two people yet. Give the project a share of "
            "plates to be read twice.</p>"
        )
    pairs = ((" and ".join(names), agreement) for names, agreement in report.pairs.items())
    disputed = [symbol for symbol in report.symbols if symbol.agreed < symbol.count]
    return (
        f"{title}<p>{_say_agreement(report.total)}</p>"
        + _table(("Who", "Plates", "Agreed", "95 % interval", "Kappa"), map(_row, pairs))
        + "<h2>Each person, against all others</h2>"
        + _table(
            ("Who", "Plates", "Agreed", "95 % interval", "Kappa"),
            map(_row, report.people.items()),
        )
        + ("<h2>Symbols that people see differently</h2>" * bool(disputed))
        + (_symbol_table(disputed[:MAX_SYMBOLS]) if disputed else "")
    )


def _say_agreement(total: Agreement) -> str:
    kappa = "" if total.kappa is None else f" Kappa of the symbols is {total.kappa:.2f}."
    return (
        f"Two people agreed on {total.agreed} of {_plates(total.plates)}: {_percent(total.rate)}, "
        f"in truth between {_percent(total.low)} and {_percent(total.high)} "
        f"(95 % interval).{kappa}{_caution(total.plates)}"
    )


def _show_gold(scores: Sequence[GoldScore]) -> str:
    title = "<h2>Errors on gold plates</h2>"
    if not scores:
        return (
            f"{title}<p>Nobody has answered a gold plate yet. Make some on the "
            '<a href="history">history page</a> and give the project a share of gold.</p>'
        )
    rows = (
        (
            score.annotator,
            score.count,
            score.errors,
            _percent(score.rate),
            f"{_percent(score.low)} to {_percent(score.high)}",
        )
        for score in scores
    )
    few = min(score.count for score in scores)
    return (
        title
        + _table(("Who", "Gold plates", "Errors", "Error rate", "95 % interval"), rows)
        + f'<p class="caution">{_compare(scores)}{_caution(few)}</p>'
    )


def _compare(scores: Sequence[GoldScore]) -> str:
    """Say whether anybody stands out; overlapping intervals say nothing."""
    worst = max(scores, key=lambda score: score.low)
    others = [score for score in scores if score.high < worst.low]
    if not others:
        return "All intervals overlap: nobody can be said to be better or worse."
    names = " and ".join(escape(score.annotator) for score in others)
    return f"{escape(worst.annotator)} errs more often than {names}; the intervals do not overlap."


def _caution(plates: int) -> str:
    if plates >= ENOUGH_PLATES:
        return ""
    return f" With {_plates(plates)} this says little yet; {ENOUGH_PLATES} are a beginning."


def _row(named: tuple[str, Agreement]) -> tuple[object, ...]:
    name, agreement = named
    kappa = _kappa(agreement.kappa)
    interval = f"{_percent(agreement.low)} to {_percent(agreement.high)}"
    return name, agreement.plates, _percent(agreement.rate), interval, kappa


def _symbol_table(symbols: Sequence[SymbolAgreement]) -> str:
    rows = (
        (
            symbol.symbol,
            symbol.count,
            symbol.count - symbol.agreed,
            _kappa(symbol.kappa),
        )
        for symbol in symbols
    )
    return _table(("Symbol", "Seen", "Only by one", "Kappa"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table: the first column names, the others count."""
    head = "".join(f"<th{_number(place)}>{name}</th>" for place, name in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(f"<td{_number(place)}>{escape(str(cell))}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table-frame"><table class="list"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _number(place: int) -> str:
    return ' class="n"' if place else ""


def _kappa(kappa: float | None) -> str:
    return "not defined" if kappa is None else f"{kappa:.2f}"


def _plates(number: int) -> str:
    return f"{number} plate{'s' * (number != 1)}"


def _percent(share: float) -> str:
    """Round to whole percents, but never to a certainty that nobody has."""
    if 0 < share < 1:
        return f"{min(99, max(1, round(100 * share)))} %"
    return f"{100 * share:.0f} %"
