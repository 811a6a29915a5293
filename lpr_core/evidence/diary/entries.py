"""Read a diary: rows of factor, level and score, from a CSV or a Markdown table."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lpr_core.data.formats.tables import find_encoding
from lpr_core.untrusted import read_untrusted

MAX_BYTES = 1_000_000
MAX_ENTRIES = 1_000
MAX_PICTURES = 1_000_000
"""The most pictures that a score may be of."""

_OTHER_NAMES = {
    "factor": ("setting", "parameter", "hyperparameter", "what"),
    "level": ("value", "variant", "to"),
    "score": ("accuracy", "result", "acc"),
    "right": ("k", "correct", "hits"),
    "count": ("n", "pictures", "total"),
    "also_changed": ("changed_too", "also"),
    "kept": ("chosen", "reference"),
}
"""Columns by our names, and what else they are called."""

_YES = {"yes", "true", "1", "x", "✓", "y"}
_NO = {"", "no", "false", "0", "-", "n"}
_COUNTED = re.compile(r"(\d+)\s*(?:/|of|out of)\s*(\d+)", re.IGNORECASE)
_TOLD = re.compile(r"#\s*(\w+)\s*[:=]\s*(.+)")
_RULE = re.compile(r"[\s|:-]+")


class DiaryError(ValueError):
    """A diary that cannot be judged; the message names each row and what is wrong with it."""


class DiaryEntry(BaseModel):
    """One run of a diary.

    Attributes:
        line: Where it stands in the file, from 1.
        factor: The setting that was changed.
        level: What it was changed to.
        score: Share of the test pictures that were right, in [0, 1].
        grain: One unit in the score's last written digit, as a share; 0 where pictures are counted.
        right: How many test pictures were right, where the diary says so.
        count: How many test pictures there were, where the diary says so.
        also_changed: What else was changed together with the factor; empty where nothing was.
        is_kept: Whether the diary marks this level as the one that was kept.
    """

    model_config = ConfigDict(frozen=True)

    line: int
    factor: str
    level: str
    score: float
    grain: float
    right: int | None = None
    count: int | None = None
    also_changed: str = ""
    is_kept: bool = False


@dataclass(frozen=True)
class Diary:
    """Entries in their order, and what lines such as `# classes: 2` say of all of them.

    Attributes:
        entries: At least two.
        count: Test pictures of each score, where a line `# n: 744` says so.
        classes: Classes of the task, where a line says so.
    """

    entries: tuple[DiaryEntry, ...]
    count: int | None = None
    classes: int | None = None


@dataclass(frozen=True)
class _Score:
    share: float
    grain: float
    right: int | None = None
    count: int | None = None


def read_diary(path: Path) -> Diary:
    """Read a diary's file: CSV in any common form, or Markdown with one table.

    Raises:
        DiaryError: It is no such table, or rows cannot be judged; all of them are named.
        FileRefusedError: It is no file, or larger than `MAX_BYTES`.
        OSError: It is missing or cannot be read.
    """
    content = read_untrusted(path, MAX_BYTES)
    try:
        return parse_diary(content.decode(find_encoding(content[:4])))
    except UnicodeDecodeError:
        raise DiaryError(
            f"{path.name} must be UTF-8 text, or UTF-16 with its mark; save it as UTF-8."
        ) from None


def parse_diary(text: str) -> Diary:
    """Read a diary that was pasted or read from a file.

    Columns: `factor`, `level`, and `score` (a share, a percentage, or `441/744`) or `right` with
    `count`; where they help, `also_changed` and `kept`. Lines that begin with `#` tell of all rows:
    `# n: 744`, `# classes: 2`.

    Raises:
        DiaryError: There is no such table, or rows cannot be judged; all of them are named.
    """
    if len(text) > MAX_BYTES:
        raise DiaryError(f"a diary has at most {MAX_BYTES:,} characters. Received: {len(text):,}.")
    told: dict[str, int] = {}
    rows = _list_rows(text, told)
    names = next(rows, (0, []))[1]
    header = [_our_name(name) for name in names]
    _check_header(header, names)
    table = [(line, dict(zip(header, cells, strict=False))) for line, cells in rows]
    if len(table) > MAX_ENTRIES:
        raise DiaryError(f"a diary has at most {MAX_ENTRIES:,} rows. Received: {len(table):,}.")
    are_percentages = _are_percentages([row.get("score", "") for _, row in table])
    entries, faults = [], []
    for line, row in table:
        try:
            entries.append(_read_entry(line, row, told.get("n"), are_percentages))
        except DiaryError as fault:
            faults.append(f"line {line}: {fault}")
    if faults:
        raise DiaryError("\n".join(faults))
    if len(entries) < 2:
        raise DiaryError(f"a diary has at least two rows to compare. Received: {len(entries)}.")
    return Diary(tuple(entries), told.get("n"), told.get("classes"))


def _list_rows(text: str, told: dict[str, int]) -> Iterator[tuple[int, list[str]]]:
    """Give each row with its line number; what `#` lines say goes into `told`."""
    lines = []
    for number, line in enumerate(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines(), 1):
        if line.lstrip().startswith("#"):
            _note(number, line.strip(), told)
        elif line.strip(" \t,;|"):
            lines.append((number, line))
    bars = [(number, line) for number, line in lines if line.lstrip().startswith("|")]
    if bars:  # a table within a text
        for number, line in bars:
            if not _RULE.fullmatch(line):
                yield number, [cell.strip() for cell in line.strip().strip("|").split("|")]
        return
    delimiter = max(",;\t|", key=lines[0][1].count) if lines else ","
    for number, line in lines:
        try:
            cells = next(csv.reader(io.StringIO(line), delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise DiaryError(f"line {number}: {error}.") from None
        yield number, [cell.strip() for cell in cells]


def _note(number: int, line: str, told: dict[str, int]) -> None:
    match = _TOLD.fullmatch(line)
    name = _our_name(match[1]) if match else ""
    name = {"count": "n"}.get(name, name)
    if match is None or name not in ("n", "classes"):
        return  # a heading or a remark
    least = 2 if name == "classes" else 1
    told[name] = _whole(f"line {number}: {name}", match[2], least, MAX_PICTURES)


def _our_name(name: str) -> str:
    plain = name.strip().strip('"*`').lower().replace(" ", "_").replace("-", "_")
    return next((ours for ours, others in _OTHER_NAMES.items() if plain in others), plain)


def _check_header(header: Sequence[str], names: Sequence[str]) -> None:
    named = {"factor", "level"} <= set(header)
    if not named or not ("score" in header or {"right", "count"} <= set(header)):
        raise DiaryError(
            "a diary is a table whose first row names the columns factor, level, and score or "
            f"right and count. Received: {', '.join(filter(None, names)) or 'nothing'}."
        )
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise DiaryError(f"columns must not be named twice. Received twice: {', '.join(twice)}.")


def _read_entry(
    line: int, row: Mapping[str, str], count: int | None, are_percentages: bool
) -> DiaryEntry:
    factor, level = row.get("factor", ""), row.get("level", "")
    if not factor or not level:
        raise DiaryError("factor and level must both be given.")
    kept = row.get("kept", "").lower()
    if kept not in _YES | _NO:
        raise DiaryError(f"kept must be yes or nothing. Received: {kept!r}.")
    score = _read_score(row, count, are_percentages)
    return DiaryEntry(
        line=line,
        factor=factor,
        level=level,
        score=score.share,
        grain=score.grain,
        right=score.right,
        count=score.count,
        also_changed=row.get("also_changed", ""),
        is_kept=kept in _YES,
    )


def _read_score(row: Mapping[str, str], count: int | None, are_percentages: bool) -> _Score:
    told = row.get("score", "").strip()
    counted = _COUNTED.fullmatch(told)
    if told and not counted:
        share, grain = _share(told, are_percentages)
        own = row.get("count", "")
        return _Score(share, grain, None, _whole("count", own, 1, MAX_PICTURES) if own else count)
    right_text, count_text = counted.groups() if counted else (row.get("right"), row.get("count"))
    if not right_text or not (count_text or count):
        raise DiaryError("a score, or how many of how many pictures were right, must be given.")
    of = _whole("count", count_text, 1, MAX_PICTURES) if count_text else count
    assert of is not None
    right = _whole("right", right_text, 0, of)
    return _Score(right / of, 0.0, right, of)


def _are_percentages(scores: Sequence[str]) -> bool:
    """Tell whether plain numbers are percentages: one of them is above 1."""
    numbers = (_decimal(score) for score in scores if not score.rstrip().endswith("%"))
    return any(number is not None and number > 1 for number in numbers)


def _share(text: str, are_percentages: bool) -> tuple[float, float]:
    """Return a score as a share with the unit of its last digit, as a share."""
    has_sign = text.endswith("%")
    value = _decimal(text.removesuffix("%"))
    most = 100 if has_sign or are_percentages else 1
    if value is None or not 0 <= value <= most:
        raise DiaryError(
            "score must be a share from 0 to 1, a percentage from 0 to 100, or like 441/744. "
            f"Received: {text!r}."
        )
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # finite, as it lies between 0 and 100
    return float(value) / most, 10.0 ** min(exponent, 0) / most


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _whole(name: str, text: str, least: int, most: int) -> int:
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or not least <= int(digits[:12]) <= most:
        raise DiaryError(
            f"{name} must be a whole number from {least:,} to {most:,}. Received: {text.strip()!r}."
        )
    return int(digits)
