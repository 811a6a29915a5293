"""Let the database itself refuse to change or remove a reading or a revision."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = {"readings": "reading_id", "revisions": "revision_id"}


def upgrade() -> None:
    """Add the triggers of the database in use."""
    dialect = op.get_bind().dialect.name
    for table, key in TABLES.items():
        for statement in _STATEMENTS[dialect](table, key):
            op.execute(statement)


def _sqlite_triggers(table: str, key: str) -> list[str]:
    """Refuse UPDATE, DELETE, and INSERT OR REPLACE, which deletes without firing a trigger."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}",
    ]


def _postgresql_triggers(table: str, key: str) -> list[str]:  # noqa: ARG001
    return [
        f"CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{table} are append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()",
    ]


_STATEMENTS = {"sqlite": _sqlite_triggers, "postgresql": _postgresql_triggers}
