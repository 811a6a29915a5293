"""What a file of labels says about one picture, whatever its format."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lpr_core.labels.tables.rows import Mark, Revision, StoredReading
from lpr_core.plates.facts import UNKNOWN, PlateFacts, parse_moment

if TYPE_CHECKING:  # the store knows these values, and must open without pandas
    from lpr_core.data.samples import Box


@dataclass(frozen=True)
class Word:
    """A person's verdict, as a file has it.

    Attributes:
        mark: None for a readable plate of which the file does not say whether it was corrected.
        text: What a readable plate says; empty for the others.
        author: Empty where the file does not say.
        saved_at: UTC; None where the file does not say.
    """

    mark: Mark | None
    text: str
    author: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True)
class PlateLabels:
    """One picture's label.

    Attributes:
        image_path: As the file has it.
        word: None where the file has the picture, but no verdict.
        region: Empty when unknown.
        box: The plate's place; None when the whole picture shows the plate.
        facts: What else is known.
        note: What the file makes doubtful about the label; one sentence or nothing.
    """

    image_path: str
    word: Word | None
    region: str = ""
    box: "Box | None" = None
    facts: PlateFacts = UNKNOWN
    note: str = ""


@dataclass(frozen=True)
class PlateHistory:
    """One picture's whole history, oldest first; the numbers in it are those of its old store."""

    image_path: str
    region: str = ""
    readings: tuple[StoredReading, ...] = field(default=())
    revisions: tuple[Revision, ...] = field(default=())
    facts: PlateFacts = UNKNOWN


def read_time(text: str) -> datetime | None:
    """Return a moment in UTC from ISO 8601; None for an empty text.

    A time without an offset is UTC.

    Raises:
        ValueError: This is no time, or it has not come yet: it would outweigh every later word.
    """
    if not text:
        return None
    moment = parse_moment(text)
    if moment > datetime.now(UTC):
        raise ValueError(f"a time must not lie in the future. Received: {text[:40]!r}")
    return moment
