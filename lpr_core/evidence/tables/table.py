"""A table as a frame whose columns have the names that people read, and the form of its numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler


@dataclass(frozen=True)
class Table:
    """Rows that reports write down and pages can sort.

    Attributes:
        title: What they are.
        frame: The first column holds names, the rest numbers, or texts of them.
        formats: How the values of a column are written; whole numbers and texts need none.
        missing: What stands for a value that is not there, by column; nothing in the others.
    """

    title: str
    frame: pd.DataFrame
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings."""
        return tuple(map(str, self.frame.columns))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """As many texts as columns."""
        shown = [
            [self._show(column, value) for value in self.frame[column].astype(object)]
            for column in self.frame.columns
        ]
        return tuple(zip(*shown, strict=True))

    def style(self) -> Styler:
        """Return the frame, its numbers written as in `rows`, for a page that sorts by them."""
        return self.frame.style.format(
            {column: partial(self._show, column) for column in self.frame.columns}
        )

    def _show(self, column: str, value: Any) -> str:
        if pd.isna(value):
            return self.missing.get(column, "")
        if column in self.formats:
            return self.formats[column](value)
        return f"{value:,}" if isinstance(value, int) else str(value)
