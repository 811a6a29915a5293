import json
import zipfile

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.labels import LabelStore, Mark, Role, StoreError
from lpr_core.labels.tables import database as database_module
from lpr_core.labels.tables.database import Database
from lpr_core.labels.upkeep.restore import restore_backup
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]

PASSWORD = "correct horse"


def fill(store):
    """A bit of everything; returns the ids of the pictures."""
    store.projects.create("north", region="br", second_share=1.0)
    ids = [store.add_picture(picture_bytes(seed), f"{seed}.png", 2) for seed in range(3)]
    for number, picture_id in enumerate(ids):
        store.add_reading(picture_id, reading_dict(f"AAA111{number}", confidence=0.1 * number))
    (assignment,) = store.queue.hand_out("ana", project_id=2)
    store.queue.submit(assignment.assignment_id, "ana", None, "ÄÖ1", 1.5)
    (second,) = store.queue.hand_out("bob", project_id=2)
    store.queue.submit(second.assignment_id, "bob", Mark.UNREADABLE, "", 2.0)
    user = store.people.add_user("Ana", PASSWORD, Role.ADMIN)
    store.people.add_token(user.user_id, "camera")
    store.people.sign_in("ana", PASSWORD, "here")
    return ids


def show(store):
    """All that a store can say."""
    return (
        list(store.records()),
        list(store.audit()),
        store.projects.list(),
        store.people.list(),
        store.people.list_tokens(),
        store.quality.agreement(2),
        store.quality.disagreements(2),
        [store.queue.progress(2, name) for name in ("ana", "bob", "cid")],
    )


def test_a_backup_restores_everything_in_either_database(store, tmp_path, request, sqlite_template):
    fill(store)
    backup = store.backup(tmp_path / "labels.zip")
    assert (backup.num_pictures, backup.missing) == (3, ())
    said = show(store)
    urls = [f"sqlite:///{tmp_path / 'new' / 'labels.sqlite3'}"]
    if store._database.engine.dialect.name == "postgresql":
        store._database.close()
        urls.append(request.getfixturevalue("another_postgres"))
    for number, url in enumerate(urls):
        folder = tmp_path / f"restored-{number}"
        restored = restore_backup(tmp_path / "labels.zip", url, folder / "pictures")
        assert restored == backup
        copy = LabelStore(url, folder)
        assert show(copy) == said
        assert copy.verify().faults == ()
        assert copy.people.sign_in("ana", PASSWORD, "here").user == said[3][0]
        # Work goes on: no id is given twice.
        record = copy.add_revision(said[0][0].picture.picture_id, text="NEW1", author="cid")
        assert record.text == "NEW1"
        copy.close()


@pytest.fixture
def another_postgres(postgres_url):
    """A second database, beside the one that `store` has."""
    from tests.kit import label_databases

    yield from label_databases.copy_database(postgres_url)


def test_sqlite_moves_to_postgresql(sqlite_store, postgres_copy, tmp_path):
    fill(sqlite_store)
    sqlite_store.backup(tmp_path / "labels.zip")
    restore_backup(tmp_path / "labels.zip", postgres_copy, tmp_path / "moved" / "pictures")
    moved = LabelStore(postgres_copy, tmp_path / "moved")
    assert show(moved) == show(sqlite_store)
    moved.close()


def test_a_backup_of_an_older_program_is_brought_up_to_date(tmp_path):
    """As version 0.1.0 had it: schema 0002, three tables, one picture."""
    picture_id = "ab" * 32
    path = tmp_path / "old.zip"
    times = {"added_at": "2026-01-01T00:00:00+00:00", "saved_at": "2026-01-02T00:00:00+00:00"}
    picture = {"picture_id": picture_id, "name": "a.png", "file_name": f"ab/{picture_id}.png"}
    revision = {"revision_id": 7, "mark": "corrected", "before": "", "after": "A1", "author": "ana"}
    with zipfile.ZipFile(path, "w") as archive:
        about = {"format": "lpr-labels-backup-1", "schema": "0002", "missing": []}
        rows = {"pictures": 1, "revisions": 1}
        archive.writestr("backup.json", json.dumps(about | {"rows": rows}))
        row = picture | {"width": 60, "height": 20, "added_at": times["added_at"]}
        archive.writestr("tables/pictures.jsonl", json.dumps(row) + "\n")
        row = revision | {
            "picture_id": picture_id,
            "reader_version": "",
            "saved_at": times["saved_at"],
        }
        archive.writestr("tables/revisions.jsonl", json.dumps(row) + "\n")
        archive.writestr(f"pictures/ab/{picture_id}.png", picture_bytes())
    url = f"sqlite:///{tmp_path / 'labels.sqlite3'}"
    restore_backup(path, url, tmp_path / "pictures")
    store = LabelStore(url, tmp_path)
    assert (store.history(picture_id).text, store.counts()["corrected"]) == ("A1", 1)
    assert store.verify().faults == ()
    store.close()


def test_a_store_with_anything_in_it_is_not_touched(store, tmp_path, label_url):
    fill(store)
    store.backup(tmp_path / "labels.zip")
    said = show(store)
    with pytest.raises(StoreError, match="into an empty one only"):
        restore_backup(tmp_path / "labels.zip", label_url, tmp_path / "pictures")
    assert show(store) == said


def spoil(path, change):
    """Write the backup anew, each member as `change(name, content)` gives it, or without it."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            changed = change(name, content)
            if changed is not None:
                archive.writestr(*changed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, content: None if name == "backup.json" else (name, content), "not a backup"),
        (
            lambda name, content: (name, content.replace(b"backup-1", b"backup-9")),
            "newer version",
        ),
        (
            lambda name, content: (name, b"" if name == "tables/revisions.jsonl" else content),
            "is damaged",
        ),
        (
            lambda name, content: (name.replace("pictures/", "pictures/../"), content),
            "a file that is no picture",
        ),
    ],
)
def test_a_spoilt_backup_restores_nothing(sqlite_store, tmp_path, change, message):
    fill(sqlite_store)
    path = tmp_path / "labels.zip"
    sqlite_store.backup(path)
    spoil(path, change)
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    with pytest.raises(ValueError, match=message):
        restore_backup(path, url, tmp_path / "new" / "pictures")
    store = LabelStore(url, tmp_path / "new")
    assert store.search().total == 0
    store.close()


def test_what_is_no_zip_is_no_backup(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="is not a backup"):
        restore_backup(tmp_path / "a.zip", "sqlite://", tmp_path / "pictures")


def test_a_missing_picture_is_named_and_the_rest_is_kept(sqlite_store, tmp_path):
    ids = fill(sqlite_store)
    name = sqlite_store.history(ids[1]).picture.file_name
    (sqlite_store.pictures_dir / name).unlink()
    assert sqlite_store.backup(tmp_path / "labels.zip").missing == (name,)
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    restored = restore_backup(tmp_path / "labels.zip", url, tmp_path / "new" / "pictures")
    assert (restored.num_pictures, restored.missing) == (2, (name,))


def test_a_backup_that_fails_leaves_the_old_one(sqlite_store, tmp_path, monkeypatch):
    fill(sqlite_store)
    path = tmp_path / "labels.zip"
    path.write_bytes(b"the old one")

    def refuse(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", refuse)
    with pytest.raises(StoreError, match="disk is full"):
        sqlite_store.backup(path)
    assert path.read_bytes() == b"the old one"
    assert [child.name for child in tmp_path.glob(".*draft")] == []


# --- verify


def test_a_good_store_has_no_faults(store):
    fill(store)
    check = store.verify()
    assert (check.num_pictures, check.num_readings, check.num_revisions) == (3, 3, 1)
    assert check.faults == ()


def test_every_fault_is_found(sqlite_store):
    ids = fill(sqlite_store)
    paths = [
        sqlite_store.pictures_dir / sqlite_store.history(picture_id).picture.file_name
        for picture_id in ids
    ]
    paths[0].unlink()
    paths[1].write_bytes(picture_bytes(77))
    with sqlite_store._database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO revisions VALUES (99, ?, 'correct', 'NEVER', 'A1', '', '', '2026-01-01')",
            (ids[2],),
        )
    faults = sqlite_store.verify().faults
    assert sorted(fault.split(":")[0] for fault in faults) == sorted(
        [
            f"The picture {ids[0][:2]}/{ids[0]}.png is missing.",
            f"The picture {ids[1][:2]}/{ids[1]}.png has changed.",
            f"Revision 99 of picture {ids[2]} does not follow the one before it.",
            f"What stands for picture {ids[2]} does not follow from its history.",
        ]
    )


# --- migration and its copy


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


# --- command line


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run `lpr` on a store in `tmp_path`; returns the result."""
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    runner = CliRunner()
    return lambda *arguments, **options: runner.invoke(app, list(map(str, arguments)), **options)


def test_backing_up_and_restoring_from_the_command_line(run, sqlite_store, tmp_path, monkeypatch):
    fill(sqlite_store)
    path = tmp_path / "kept" / "labels.zip"
    result = run("labels", "backup", path)
    assert (result.exit_code, result.stdout) == (0, f"Wrote {path}: 21 rows, 3 pictures.\n")
    assert run("labels", "restore", path).exit_code == 2
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "new"))
    result = run("labels", "restore", path)
    assert (result.exit_code, result.stdout) == (0, f"Restored {path}: 21 rows, 3 pictures.\n")
    result = run("labels", "verify")
    assert (result.exit_code, result.stdout) == (
        0,
        "3 pictures, 3 readings, 1 revisions: no faults.\n",
    )
    next((tmp_path / "new" / "pictures").glob("*/*")).unlink()
    result = run("labels", "verify")
    assert (result.exit_code, "1 faults" in result.stdout) == (1, True)
    assert "is missing." in result.stderr
    assert run("labels", "backup", path).exit_code == 1


def test_a_store_that_does_not_open_is_one_sentence(run, tmp_path):
    (tmp_path / "labels.sqlite3").write_bytes(b"no database" * 1000)
    result = run("labels", "verify")
    assert (result.exit_code, result.stderr) == (
        2,
        "lpr: The label store did not save or load anything: the file is not a database.\n",
    )


def test_users_from_the_command_line(run):
    added = run("users", "add", "Ana", "--role", "admin", "--password-stdin", input=PASSWORD + "\n")
    assert (added.exit_code, added.stdout) == (0, "Ana: admin\n")
    asked = run("users", "add", "bob", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert (asked.exit_code, asked.stdout.splitlines()[-1]) == (0, "bob: annotator")
    assert PASSWORD not in asked.output
    assert run("users", "set-role", "BOB", "reviewer").stdout == "bob: reviewer\n"
    assert run("users", "deactivate", "bob").stdout == "bob: reviewer, inactive\n"
    assert run("users", "list").stdout == "Ana: admin\nbob: reviewer, inactive\n"
    assert run("users", "activate", "bob").stdout == "bob: reviewer\n"
    assert run("users", "set-password", "bob", "--password-stdin", input="x" * 9).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "ana", "--role", "boss"), "`role` must be one of annotator, reviewer, admin"),
        (("set-role", "nobody", "admin"), "no user of this name. Received: 'nobody'"),
        (("add", "ana", "--password-stdin"), "A password has 8 to 256 characters. Received: 0"),
    ],
)
def test_the_command_line_refuses_in_one_sentence(run, arguments, message):
    result = run("users", *arguments, input="")
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
