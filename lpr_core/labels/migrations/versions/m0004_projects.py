"""Add projects, how each picture stands, and what more is known of a picture."""

from collections import defaultdict
from datetime import UTC, datetime
from difflib import SequenceMatcher
from itertools import combinations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make both tables; every picture that is there belongs to the project `default`."""
    op.add_column("pictures", sa.Column("phash", sa.String(64)))
    op.add_column("pictures", sa.Column("file_hash", sa.String(64)))
    op.create_index("ix_pictures_phash", "pictures", ["phash"])
    _make_projects()
    _make_standings()
    op.execute(_FILL)
    _compare_readers()


def _make_projects() -> None:
    projects = op.create_table(
        "projects",
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("second_share", sa.Float, nullable=False),
        sa.Column("gold_share", sa.Float, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_projects"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
        sqlite_autoincrement=True,
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    # Without its id, so that PostgreSQL counts on from it.
    row = {"name": "default", "second_share": 0.0, "gold_share": 0.0, "created_at": now}
    op.bulk_insert(projects, [row])


def _make_standings() -> None:
    op.create_table(
        "standings",
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("latest_reading_id", sa.Integer, nullable=False),
        sa.Column("latest_revision_id", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("agreement", sa.Float, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("gold_text", sa.String(16)),
        sa.Column("leased_to", sa.String(80)),
        sa.Column("leased_until", sa.DateTime),
        sa.PrimaryKeyConstraint("picture_id", name="pk_standings"),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.picture_id"], name="fk_standings_picture_id"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.project_id"], name="fk_standings_project_id"
        ),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "standings", columns)


_WAITING_COLUMNS = ["picture_id", "region", "author"]
_INDEXES = {
    "ix_standings_project_id_mark": ["project_id", "mark"],
    "ix_standings_latest_reading_id_picture_id": ["latest_reading_id", "picture_id"],
    "ix_standings_worst": ["project_id", "stage", "confidence", *_WAITING_COLUMNS],
    "ix_standings_disagreement": [
        "project_id",
        "stage",
        "agreement",
        "confidence",
        *_WAITING_COLUMNS,
    ],
    "ix_standings_age": ["project_id", "stage", "added_at", *_WAITING_COLUMNS],
    "ix_standings_random": ["project_id", "stage", *_WAITING_COLUMNS],
}
_FILL = """
INSERT INTO standings (picture_id, project_id, mark, author, stage, latest_reading_id,
    latest_revision_id, confidence, agreement, region, added_at)
SELECT pictures.picture_id, 1, coalesce(revisions.mark, 'unchecked'),
    coalesce(revisions.author, ''),
    CASE WHEN revisions.mark IS NULL THEN 'waiting' ELSE 'done' END,
    coalesce(readings.reading_id, 0), coalesce(revisions.revision_id, 0),
    coalesce(readings.confidence, 1), 1, readings.region, pictures.added_at
FROM pictures
LEFT JOIN readings ON readings.reading_id =
    (SELECT max(reading_id) FROM readings AS r WHERE r.picture_id = pictures.picture_id)
LEFT JOIN revisions ON revisions.revision_id =
    (SELECT max(revision_id) FROM revisions AS r WHERE r.picture_id = pictures.picture_id)
"""


def _compare_readers() -> None:
    """Fill in how alike the latest readings of several readers are, as `standing.py` measures."""
    connection = op.get_bind()
    rows = connection.exec_driver_sql(
        "SELECT picture_id, reader_version, text FROM readings WHERE picture_id IN"
        " (SELECT picture_id FROM readings GROUP BY picture_id"
        " HAVING count(DISTINCT reader_version) > 1) ORDER BY reading_id"
    )
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for picture_id, reader_version, text in rows:
        texts[picture_id][reader_version] = text
    for picture_id, by_reader in texts.items():
        pairs = list(combinations(by_reader.values(), 2))
        alike = sum(SequenceMatcher(None, *pair).ratio() for pair in pairs) / len(pairs)
        connection.execute(
            sa.text("UPDATE standings SET agreement = :alike WHERE picture_id = :picture_id"),
            {"alike": alike, "picture_id": picture_id},
        )
