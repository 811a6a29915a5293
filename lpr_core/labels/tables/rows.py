"""What the label store hands out: frozen values, never live database objects."""

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lpr_core.plates.facts import PlateFacts
from lpr_core.plates.readable import DEFAULT_READABLE_FROM, is_readable

READING_FIELDS = (
    "text",
    "confidence",
    "region",
    "pattern",
    "slots",
    "reader_version",
    "readable_from",
)
"""What is kept of a `PlateReading.to_dict()`."""
MAX_TEXT_LENGTH = 16
DEFAULT_PROJECT_ID = 1


class Mark(StrEnum):
    """What a person said about a reading; `unchecked` where nobody has, or took it back."""

    UNCHECKED = "unchecked"
    CORRECT = "correct"
    CORRECTED = "corrected"
    UNREADABLE = "unreadable"
    NOT_A_PLATE = "not_a_plate"

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = ", ".join(cls)
        raise ValueError(f"`mark` must be one of {known}. Received: {value!r:.80}")

    @property
    def is_readable(self) -> bool:
        """Whether a plate with this mark has a text, and so can teach a reader."""
        return self in (Mark.CORRECT, Mark.CORRECTED)


UNCHECKED = Mark.UNCHECKED.value
MARKS = tuple(mark.value for mark in Mark)
"""Every state that a plate can be searched by, in the order of the work."""


@dataclass(frozen=True)
class StoredPicture:
    """One picture.

    Attributes:
        picture_id: SHA-256 of the bytes as they came, 64 hex digits.
        name: File name as it came first, without folders.
        file_name: Where the cleaned picture lies, relative to the picture folder.
        width: Pixels.
        height: Pixels.
        added_at: UTC.
        project_id: The one project that it belongs to.
        region: Where the plate comes from, if whoever brought the picture said so.
        phash: Perceptual hash (`likeness.write_hash`), once it was computed.
        rows: 1 or 2, if whoever brought the picture said so; the same for the others.
        camera: Which camera took it.
        taken_at: When, UTC.
        track: The pass of one vehicle that it belongs to.
    """

    picture_id: str
    name: str
    file_name: str
    width: int
    height: int
    added_at: datetime
    project_id: int = DEFAULT_PROJECT_ID
    region: str | None = None
    phash: str | None = None
    rows: int | None = None
    camera: str | None = None
    taken_at: datetime | None = None
    track: str | None = None

    @property
    def facts(self) -> PlateFacts:
        """What is known beside text and region."""
        return PlateFacts(self.rows, self.camera or "", self.taken_at, self.track or "")


@dataclass(frozen=True)
class StoredReading:
    """What a model said about a picture.

    Attributes:
        reading_id: Rises with time.
        text: The plate as read, also where it is not `is_readable`: nothing is lost, but nobody
            shows it.
        confidence: Chance that the whole text is right, 0 to 1.
        region: Region of the pattern that the text follows, if any.
        pattern: Name of that pattern.
        slots: JSON of each slot: symbol, probability, alternatives, doubtful.
        reader_version: Which reader.
        read_at: UTC.
        readable_from: The reader's floor at that time; the default for older readings.
    """

    reading_id: int
    text: str
    confidence: float
    region: str | None
    pattern: str | None
    slots: tuple[dict[str, Any], ...]
    reader_version: str
    read_at: datetime
    readable_from: float = DEFAULT_READABLE_FROM

    @property
    def is_readable(self) -> bool:
        """Whether the text counts as read, see `lpr_core.plates.readable`."""
        return is_readable(self.confidence, self.readable_from)


@dataclass(frozen=True)
class Revision:
    """What a person said about a picture; written once, never changed.

    Attributes:
        revision_id: Rises with time.
        mark: The person's verdict; `unchecked` takes the one before back.
        before: Text that stood before, by a person or by the model.
        after: Text that stands now; empty for an unreadable picture, one without a plate, and
            where nothing stands any more.
        author: Who.
        reader_version: The reader whose text the person saw; empty when nothing had been read.
        saved_at: UTC.
    """

    revision_id: int
    mark: Mark
    before: str
    after: str
    author: str
    reader_version: str
    saved_at: datetime


@dataclass(frozen=True)
class PlateRecord:
    """A picture and everything that was ever said about it, oldest first."""

    picture: StoredPicture
    readings: tuple[StoredReading, ...]
    revisions: tuple[Revision, ...]

    @property
    def reading(self) -> StoredReading | None:
        """The latest reading."""
        return self.readings[-1] if self.readings else None

    @property
    def revision(self) -> Revision | None:
        """The revision that counts: the latest, unless it takes a verdict back."""
        latest = self.revisions[-1] if self.revisions else None
        return latest if latest and latest.mark is not Mark.UNCHECKED else None

    @property
    def text(self) -> str:
        """The text that stands: a person's before the model's; empty where there is none."""
        return self.revision.after if self.revision is not None else self.read_text

    @property
    def read_text(self) -> str:
        """What the model read; empty where it has not, or what it says counts as nothing read."""
        return self.reading.text if self.reading and self.reading.is_readable else ""

    @property
    def mark(self) -> str:
        """The mark that stands, `unchecked` where no person's word does."""
        return self.revision.mark.value if self.revision else UNCHECKED

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON has it, times in ISO 8601 with their UTC offset.

        Each reading says whether it `is_readable`; its text is there in any case.
        """
        plain = asdict(self) | {"text": self.text, "mark": self.mark}
        for row, reading in zip(plain["readings"], self.readings, strict=True):
            row["is_readable"] = reading.is_readable
        return {name: _plain_value(value) for name, value in plain.items()}


@dataclass(frozen=True)
class Page:
    """Some of the records that a search found.

    Attributes:
        records: At most `page_size`, newest reading first.
        total: How many were found in all.
        number: This page, from 1.
        page_size: Records on a full page.
    """

    records: tuple[PlateRecord, ...]
    total: int
    number: int
    page_size: int

    @property
    def num_pages(self) -> int:
        """Pages in all, at least one."""
        return max(1, -(-self.total // self.page_size))


def clean_text(text: str) -> str:
    """Return a typed plate text as it is stored: upper case, separators dropped.

    Any alphabet is welcome (Ö, Ж): a plate may have letters that no reader of ours knows.

    Raises:
        ValueError: Nothing is left, it is too long, or it has other symbols than letters, digits
            and separators; a `?` is refused, as it would hide a doubt.
    """
    composed = unicodedata.normalize("NFKC", text).upper()
    symbols = [symbol for symbol in composed if not _is_separator(symbol)]
    unknown = sorted({symbol for symbol in symbols if not symbol.isalnum()})
    if unknown:
        raise ValueError(
            "A plate text has only letters and digits. "
            f"Received: {text[:40]!r} (not allowed: {', '.join(map(repr, unknown))})"
        )
    if not 1 <= len(symbols) <= MAX_TEXT_LENGTH:
        raise ValueError(
            f"A plate text has 1 to {MAX_TEXT_LENGTH} letters and digits. "
            f"Received {len(symbols)}: {text[:40]!r}"
        )
    return "".join(symbols)


def _is_separator(symbol: str) -> bool:
    """Tell spaces, dashes, dots and other punctuation from what a plate says."""
    return symbol != "?" and (
        symbol.isspace() or unicodedata.category(symbol) in ("Zs", "Pd", "Pc", "Po")
    )


def _plain_value(value: Any) -> Any:
    """Turn datetimes and tuples, at any depth, into what JSON knows."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_value(item) for item in value]
    return value
