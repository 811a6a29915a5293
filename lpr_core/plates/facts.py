"""What can be known of a plate in a picture beside its text: rows, camera, time, track."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

MAX_NAME_LENGTH = 80


@dataclass(frozen=True)
class PlateFacts:
    """What is known of a plate in a picture; nothing has to be.

    Attributes:
        rows: Rows in which the plate writes its text, 1 or 2.
        camera: Which camera took the picture.
        taken_at: When, UTC.
        track: Names the pass of one vehicle, of which there may be many pictures. Pictures of equal
            tracks count as dependent on each other, whatever their camera.

    Raises:
        ValueError: A value cannot be; the message names it.
    """

    rows: int | None = None
    camera: str = ""
    taken_at: datetime | None = None
    track: str = ""

    def __post_init__(self) -> None:
        if self.rows not in (None, 1, 2):
            raise ValueError(f"rows must be 1 or 2, or empty. Received: {str(self.rows)!r}")
        for name, text in (("camera", self.camera), ("track", self.track)):
            if len(text) > MAX_NAME_LENGTH or not text.isprintable():
                raise ValueError(
                    f"{name} must have at most {MAX_NAME_LENGTH} printable symbols. "
                    f"Received {len(text)}: {text[:40]!r}"
                )

    @classmethod
    def parse(cls, said: Mapping[str, Any]) -> Self:
        """Read facts as a file of labels has them; what is missing, empty or None is unknown.

        Args:
            said: By the names in `FACT_COLUMNS`; other names are passed over.

        Raises:
            ValueError: A value is wrong.
        """
        texts = {name: _plain_text(said.get(name)) for name in FACT_COLUMNS}
        return cls(
            _parse_rows(texts["rows"]),
            texts["camera"],
            parse_moment(texts["taken_at"]) if texts["taken_at"] else None,
            texts["track"],
        )

    def write(self) -> dict[str, str]:
        """Return the facts as `parse` reads them, by `FACT_COLUMNS`; empty where unknown."""
        return {
            "rows": "" if self.rows is None else str(self.rows),
            "camera": self.camera,
            "taken_at": "" if self.taken_at is None else self.taken_at.isoformat(),
            "track": self.track,
        }

    def fill_in(self, other: "PlateFacts") -> "PlateFacts":
        """Return these facts, and of the other ones what is unknown here."""
        known = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return PlateFacts(**vars(other) | known)


FACT_COLUMNS = tuple(field.name for field in fields(PlateFacts))
UNKNOWN = PlateFacts()


def parse_moment(text: str) -> datetime:
    """Return a moment in UTC from ISO 8601; one without an offset is UTC.

    Raises:
        ValueError: This is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"a time must be as 2026-01-31T12:00:00Z. Received: {text[:40]!r}"
        ) from None


def _plain_text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _parse_rows(text: str) -> int | None:
    if text not in ("", "1", "2"):
        raise ValueError(f"rows must be 1 or 2, or empty. Received: {text[:40]!r}")
    return int(text) if text else None
