"""The whole history as JSON lines: one plate a line, each complete in itself."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from lpr_core.data.samples import ManifestError
from lpr_core.labels.exchange.paths import image_path_of
from lpr_core.labels.exchange.tables import MAX_BYTES
from lpr_core.labels.exchange.words import PlateHistory, read_time
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredReading, clean_text
from lpr_core.plates.facts import PlateFacts
from lpr_core.plates.readable import DEFAULT_READABLE_FROM
from lpr_core.untrusted import read_untrusted

FORMAT = "lpr-history-1"


def write_history(
    records: Iterable[PlateRecord], stream: TextIO, project_names: Mapping[int, str]
) -> None:
    """Write each plate with every reading and every revision, as `PlateRecord.to_dict` has them.

    It keeps everything that the store says of a plate but its second readings, which an audit has.

    Args:
        records: What to write.
        stream: Takes one line for each.
        project_names: By project id.
    """
    for record in records:
        line = {
            "format": FORMAT,
            "image_path": image_path_of(record.picture),
            "project": project_names.get(record.picture.project_id, ""),
            **record.to_dict(),
        }
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_history(path: Path) -> list[PlateHistory]:
    """Read what `write_history` wrote.

    Raises:
        ManifestError: One or more lines are bad; all are listed.
    """
    histories, problems = [], []
    for number, line in enumerate(read_untrusted(path, MAX_BYTES).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            histories.append(_Line.model_validate_json(line).to_history())
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(map(str, fault["loc"]))
            problems.append(f"line {number}: {place}: {fault['msg']}")
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ManifestError(f"{path.name} has {len(problems)} bad lines:", problems)
    return histories


class _Row(BaseModel):
    """Names that we do not know come from a newer program; they are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_max_length=1000)


class SlotRow(_Row):
    """What a model said about one slot, as it is stored and exported."""

    symbol: str = Field(max_length=4)
    probability: float = Field(ge=0, le=1)
    alternatives: list[tuple[str, float]] = Field(max_length=100)
    doubtful: bool


class _Reading(_Row):
    text: str = Field(max_length=64)
    confidence: float = Field(ge=0, le=1)
    region: str | None = Field(max_length=32)
    pattern: str | None = Field(max_length=80)
    slots: list[SlotRow] = Field(max_length=64)
    reader_version: str = Field(max_length=80)
    read_at: AwareDatetime
    readable_from: float = Field(default=DEFAULT_READABLE_FROM, ge=0, le=1)

    def to_row(self) -> StoredReading:
        slots = tuple(
            slot.model_dump() | {"alternatives": [list(pair) for pair in slot.alternatives]}
            for slot in self.slots
        )
        fields = self.model_dump() | {"slots": slots, "read_at": _past(self.read_at)}
        return StoredReading(reading_id=0, **fields)


class _Revision(_Row):
    mark: Mark
    before: str = Field(max_length=64)
    after: str = Field(max_length=16)
    author: str = Field(max_length=80)
    reader_version: str = Field(max_length=80)
    saved_at: AwareDatetime

    @model_validator(mode="after")
    def _check_text(self) -> Self:
        wanted = clean_text(self.after) if self.mark.is_readable else ""
        if self.after != wanted:
            raise ValueError(
                f"a plate marked {self.mark} must say {wanted!r}. Received: {self.after!r}"
            )
        return self

    def to_row(self) -> Revision:
        fields = self.model_dump() | {"saved_at": _past(self.saved_at)}
        return Revision(revision_id=0, **fields)


class _Picture(_Row):
    region: str | None = Field(default=None, max_length=32)
    rows: int | None = None
    camera: str | None = None
    taken_at: AwareDatetime | None = None
    track: str | None = None


class _Line(_Row):
    format: Literal["lpr-history-1"]
    image_path: str
    picture: _Picture
    readings: list[_Reading]
    revisions: list[_Revision]

    def to_history(self) -> PlateHistory:
        return PlateHistory(
            self.image_path,
            self.picture.region or "",
            tuple(reading.to_row() for reading in self.readings),
            tuple(revision.to_row() for revision in self.revisions),
            PlateFacts.parse(self.picture.model_dump()),
        )


def _past(moment: datetime) -> Any:
    return read_time(moment.isoformat())
