"""Numbers as people read them: shares, differences, p-values, counts. Nobody else writes them.

Plotly writes the ticks and the hover texts of figures itself (`80%`), and has no other form.
"""

MINUS = "\N{MINUS SIGN}"

POINTS = "pp"
"""Percentage points, where a table or a card has no room for the words."""


def points(share: float) -> str:
    """Return a difference of shares in percentage points, signed, with one decimal."""
    rounded = round(100 * share, 1)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def percent(share: float) -> str:
    """Return a share in percent: `91.5 %`."""
    return f"{100 * share:.1f} %"


def whole_percent(share: float) -> str:
    """Return a share in percent where decimals would only distract: `92 %`."""
    return f"{100 * share:.0f} %"


def show_points(share: float) -> str:
    """Return a difference of shares with its unit: `+2.1 pp`."""
    return f"{points(share)} {POINTS}"


def odds(value: float) -> str:
    """Return a difference of log odds, signed, with two decimals."""
    return f"{value:+.2f}".replace("-", MINUS)


def one_decimal(value: float) -> str:
    """Return a number of minutes, or of anything as coarse: `12.3`."""
    return f"{value:.1f}"


def three(value: float) -> str:
    """Return a strength of noise, or another number around 1, with three decimals."""
    return f"{value:.3f}"


def significant(value: float) -> str:
    """Return a number of any size with three digits that count."""
    return f"{value:.3g}"


def p_text(p_value: float, name: str = "p") -> str:
    """Return a p-value for a sentence, as `p = 0.031` or `p < 0.001`."""
    return f"{name} = {p_value:.3f}" if p_value >= 0.001 else f"{name} < 0.001"


def show_p(p_value: float) -> str:
    """Return a p-value for a table, with four decimals or as `< 0.0001`."""
    return f"{p_value:.4f}" if p_value >= 0.0001 else "< 0.0001"


def count(number: int, noun: str) -> str:
    """Return `1 seed`, `8 seeds`, `3,000 plates`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
