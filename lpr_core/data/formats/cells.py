"""Cells that no spreadsheet takes for a formula, and back.

The rule: a cell that begins with one of `= + - @`, their full-width forms, or a quote gets a quote
before it; reading takes one quote away. So every text comes back as it was, and
https://owasp.org/www-community/attacks/CSV_Injection has nothing to begin with. Control characters,
tab and CR among them, become blanks, and blanks at the ends go; no text of ours has them.

Paths and plate texts of our own need no quote, so a training tool reads them as they are: a path
begins with `pictures/`, and a plate text has letters and digits only.
"""

_GUARDED_STARTS = tuple("=+-@＝＋－＠'")  # noqa: RUF001


def guard_cell(text: str) -> str:
    """Return a text that a spreadsheet shows, and never runs."""
    printable = "".join(symbol if symbol.isprintable() else " " for symbol in text).strip()
    return f"'{printable}" if printable.startswith(_GUARDED_STARTS) else printable


def unguard_cell(cell: str) -> str:
    """Return the text that `guard_cell` was given."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_GUARDED_STARTS) else text
