"""Triggers with which the database itself refuses to change or remove a row.

Step 0002 has its own copy: a step that was ever released is never edited. The same holds for the
statements below.
"""

from alembic import op


def protect_table(table: str, key: str) -> None:
    """Make a table append-only.

    Args:
        table: An existing table.
        key: Its primary key.
    """
    for statement in _STATEMENTS[op.get_bind().dialect.name](table, key):
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
