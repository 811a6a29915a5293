"""Which plates are handed out: by time, person, mark, region and project."""

from dataclasses import dataclass
from datetime import datetime

from lpr_core.labels.exchange.paths import region_of
from lpr_core.labels.tables.rows import MARKS, PlateRecord


@dataclass(frozen=True)
class Selection:
    """A plate must fit everything that is given; nothing given takes all plates.

    Attributes:
        since: The verdict that stands was saved then or later; a plate without one was added then
            or later. With a UTC offset.
        until: The same, before then.
        person: Whose verdict stands.
        mark: One of `rows.MARKS`.
        region: Such as `br`; `us` takes `us-ca` too.
        project_id: One project.

    Raises:
        ValueError: The mark is unknown, or a time has no offset.
    """

    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    mark: str | None = None
    region: str | None = None
    project_id: int | None = None

    def __post_init__(self) -> None:
        if self.mark is not None and self.mark not in MARKS:
            raise ValueError(f"`mark` must be one of {', '.join(MARKS)}. Received: {self.mark!r}")
        for moment in (self.since, self.until):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"A time needs a UTC offset. Received: {moment.isoformat()}")

    def admits(self, record: PlateRecord) -> bool:
        """Tell whether a plate is among those wanted."""
        return (
            self.project_id in (None, record.picture.project_id)
            and self.mark in (None, record.mark)
            and self._admits_person(record)
            and self._admits_time(record)
            and self._admits_region(region_of(record))
        )

    def _admits_person(self, record: PlateRecord) -> bool:
        author = record.revision.author if record.revision else None
        return self.person is None or author == self.person

    def _admits_time(self, record: PlateRecord) -> bool:
        moment = record.revision.saved_at if record.revision else record.picture.added_at
        return (self.since is None or self.since <= moment) and (
            self.until is None or moment < self.until
        )

    def _admits_region(self, region: str) -> bool:
        return self.region is None or f"{region}-".startswith(f"{self.region}-")
