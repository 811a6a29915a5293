"""New files that tests open without Alembic are the files that it makes."""

import re
import sqlite3
from contextlib import closing

import pytest

from lpr_core.labels.tables import database as database_module
from lpr_core.labels.tables.database import Database
from tests.kit.empty_stores import RepeatedMigration

# What tests/conftest.py takes the place of, when the first test begins.
ALEMBIC = getattr(database_module.migrate, "__wrapped__", database_module.migrate)


TIME = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+'")  # when a row was made


def content_of(path):
    with closing(sqlite3.connect(path)) as connection:
        statements = sorted(TIME.sub("now", statement) for statement in connection.iterdump())
        return statements, connection.execute("PRAGMA user_version").fetchall()


@pytest.mark.parametrize("target", ["head", "0001", "0006"])
def test_a_repeated_migration_makes_the_file_that_alembic_makes(tmp_path, target):
    repeated = RepeatedMigration(ALEMBIC)
    for migrate, name in ((ALEMBIC, "alembic"), (repeated, "noted"), (repeated, "said again")):
        database = Database(f"sqlite:///{tmp_path / name}", migrates=False)
        with closing(database), database.write() as connection:
            migrate(connection, target)
    made = content_of(tmp_path / "alembic")
    assert len(made[0]) >= 10
    assert content_of(tmp_path / "noted") == made
    assert content_of(tmp_path / "said again") == made


def test_a_file_that_holds_something_is_alembic_s(tmp_path):
    repeated = RepeatedMigration(ALEMBIC)
    for name, first in (("new", "head"), ("old", "0002")):
        database = Database(f"sqlite:///{tmp_path / name}", migrates=False)
        with closing(database):
            with database.write() as connection:
                repeated(connection, first)
            with database.write() as connection:
                repeated(connection, "head")
    assert content_of(tmp_path / "old") == content_of(tmp_path / "new")
