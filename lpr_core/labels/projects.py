"""Projects: a name for pictures that belong together, and how they shall be labelled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.database import Database
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.schema import projects
from lpr_core.plates.patterns import patterns_for

MAX_NAME_LENGTH = 80


@dataclass(frozen=True)
class Project:
    """One project.

    Attributes:
        project_id: Rises with time; 1 is `default`, which is always there.
        name: Unique.
        region: Where its plates come from, such as `br` or `eu`; None for anywhere.
        second_share: Share of plates that a second person reads too, 0 to 1.
        gold_share: Share of handed-out plates whose text is known, 0 to 1.
        created_at: UTC.
    """

    project_id: int
    name: str
    region: str | None
    second_share: float
    gold_share: float
    created_at: datetime


class Projects:
    """The projects of a store; see `LabelStore` for what it promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        *,
        region: str | None = None,
        second_share: float = 0.0,
        gold_share: float = 0.0,
        actor: str = "",
    ) -> Project:
        """Add a project.

        Raises:
            ValueError: The name is empty, too long or taken, the region unknown, or a share is
                not 0 to 1.
        """
        values = _check(name=name, region=region, second_share=second_share, gold_share=gold_share)
        with self._database.write() as connection:
            now = utc_now()
            row = insert(projects).values(values | {"created_at": now}).returning(projects)
            try:
                project = Project(**connection.execute(row).mappings().one())
            except IntegrityError as error:
                raise ValueError(_taken(name)) from error
            _note(connection, actor, "create project", project)
            return project

    def update(
        self,
        project_id: int,
        *,
        name: str | None = None,
        region: str | None = None,
        second_share: float | None = None,
        gold_share: float | None = None,
        actor: str = "",
    ) -> Project:
        """Change what is given; an empty region means anywhere.

        Shares count from now on: a plate that has been labelled is not asked for again.

        Raises:
            ValueError: As `create`, or the project is unknown.
        """
        given = {
            "name": name,
            "region": region,
            "second_share": second_share,
            "gold_share": gold_share,
        }
        values = _check(**{key: value for key, value in given.items() if value is not None})
        with self._database.write() as connection:
            changed = update(projects).where(projects.c.project_id == project_id)
            try:
                if values:
                    connection.execute(changed.values(values))
            except IntegrityError as error:
                raise ValueError(_taken(name or "")) from error
            project = check_project(connection, project_id)
            _note(connection, actor, "change project", project)
            return project

    def list(self) -> tuple[Project, ...]:
        """Return all projects, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(projects).order_by(projects.c.project_id))
            return tuple(Project(**row) for row in rows.mappings())

    def get(self, name_or_id: str | int) -> Project:
        """Return one project by its name or its id.

        Raises:
            ValueError: There is none; the message lists all.
        """
        with self._database.read() as connection:
            if isinstance(name_or_id, int):
                return check_project(connection, name_or_id)
            return _find(connection, projects.c.name == name_or_id.strip(), name_or_id)


def check_project(connection: Connection, project_id: int) -> Project:
    """Return a project.

    Raises:
        ValueError: There is none; the message lists all.
    """
    return _find(connection, projects.c.project_id == project_id, project_id)


def _find(connection: Connection, rule: ColumnElement[bool], wanted: str | int) -> Project:
    row = connection.execute(select(projects).where(rule)).mappings().one_or_none()
    if row is None:
        names = connection.scalars(select(projects.c.name).order_by(projects.c.project_id))
        raise ValueError(f"`project` must be one of {', '.join(names)}. Received: {wanted!r}")
    return Project(**row)


def _check(**values: str | float | None) -> dict[str, str | float | None]:
    """Return values as they are stored.

    Raises:
        ValueError: One of them breaks its rule.
    """
    checked = dict(values)
    if "name" in values:
        checked["name"] = _check_name(str(values["name"]))
    if values.get("region"):
        patterns_for(str(values["region"]))
    elif "region" in values:
        checked["region"] = None
    for key in ("second_share", "gold_share"):
        if key in values and not 0 <= float(values[key] or 0) <= 1:
            raise ValueError(f"`{key}` must be 0 to 1. Received: {values[key]}")
    return checked


def _check_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= MAX_NAME_LENGTH or not cleaned.isprintable():
        raise ValueError(
            f"A project's name has 1 to {MAX_NAME_LENGTH} printable characters. "
            f"Received: {name[:100]!r}"
        )
    return cleaned


def _taken(name: str) -> str:
    return f"There is already a project with this name. Received: {name!r}"


def _note(connection: Connection, actor: str, kind: str, project: Project) -> None:
    rules = {
        "name": project.name,
        "region": project.region,
        "second_share": project.second_share,
        "gold_share": project.gold_share,
    }
    note_event(connection, utc_now(), actor, kind, project_id=project.project_id, detail=rules)
