"""A SQLite file is copied before a newer program changes its tables."""

import json

from lpr_core.labels import LabelStore
from lpr_core.labels.tables import database as database_module
from lpr_core.labels.tables.database import Database


def test_a_filled_old_database_is_copied_and_then_migrated(tmp_path):
    path = tmp_path / "labels.sqlite3"
    engine = database_module._create_engine(f"sqlite:///{path}")
    slots = json.dumps([{"symbol": "A"}])
    with engine.begin() as connection:
        database_module.migrate(connection, "0002")
        for number in range(3):
            connection.exec_driver_sql(
                "INSERT INTO pictures VALUES (?, 'a.png', 'a.png', 60, 20, '2026-01-01 00:00:00')",
                (f"{number}" * 64,),
            )
        for number, text, confidence, version in [
            (0, "AAAA", 0.5, "old"),
            (0, "AAAB", 0.4, "new"),
            (1, "CCCC", 0.9, "old"),
        ]:
            connection.exec_driver_sql(
                "INSERT INTO readings (picture_id, text, confidence, region, slots, reader_version,"
                " read_at) VALUES (?, ?, ?, 'br', ?, ?, '2026-01-01 00:00:00')",
                (f"{number}" * 64, text, confidence, slots, version),
            )
        connection.exec_driver_sql(
            "INSERT INTO revisions VALUES"
            " (5, ?, 'corrected', 'CCCC', 'CCC1', 'ana', 'old', '2026-01-02 00:00:00')",
            ("1" * 64,),
        )
    engine.dispose()
    store = LabelStore(f"sqlite:///{path}", tmp_path)
    rows = store._database
    with rows.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT substr(picture_id, 1, 1), project_id, mark, author, stage, latest_reading_id,"
            " latest_revision_id, confidence, agreement, region FROM standings ORDER BY 1"
        ).all()
    assert found == [
        ("0", 1, "unchecked", "", "waiting", 2, 0, 0.4, 0.75, "br"),
        ("1", 1, "corrected", "ana", "done", 3, 5, 0.9, 1.0, "br"),
        ("2", 1, "unchecked", "", "waiting", 0, 0, 1.0, 1.0, None),
    ]
    # Older readings have no floor of their own: 0.5 holds, and 0.4 is kept but not shown.
    assert [record.text for record in store.records()] == ["", "CCC1", ""]
    assert [read.text for read in store.history("0" * 64).readings] == ["AAAA", "AAAB"]
    assert [read.is_readable for read in store.history("0" * 64).readings] == [True, False]
    store.add_revision("1" * 64, text="CCC2")
    assert store.history("1" * 64).revisions[-1].revision_id == 6
    store.close()
    (copy_path,) = tmp_path.glob("labels-schema-0002-*.sqlite3")
    old = database_module._create_engine(f"sqlite:///{copy_path}")
    with old.connect() as connection:
        assert database_module.read_version(connection) == "0002"
        assert connection.exec_driver_sql("SELECT after FROM revisions").scalar() == "CCC1"
    old.dispose()


def test_a_new_database_and_a_current_one_are_not_copied(tmp_path):
    for _ in range(2):
        Database(f"sqlite:///{tmp_path / 'labels.sqlite3'}").close()
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["labels.sqlite3"]
