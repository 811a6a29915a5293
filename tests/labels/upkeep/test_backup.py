import json
import shutil
import sqlite3
import zipfile

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.labels import LabelStore, Mark, Role, StoreError
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
        rows = {"pictures": 1, "readings": 0, "revisions": 1}
        archive.writestr("backup.json", json.dumps(about | {"rows": rows}))
        row = picture | {"width": 60, "height": 20, "added_at": times["added_at"]}
        archive.writestr("tables/readings.jsonl", "")
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
    assert not list(tmp_path.glob("*schema*"))  # an empty draft is not worth a copy


def test_a_store_with_anything_in_it_is_not_touched(store, tmp_path, label_url):
    fill(store)
    store.backup(tmp_path / "labels.zip")
    said = show(store)
    store.close()
    with pytest.raises(StoreError, match="into an empty one only"):
        restore_backup(tmp_path / "labels.zip", label_url, tmp_path / "pictures")
    again = LabelStore(label_url, tmp_path)
    assert show(again) == said
    again.close()


def test_a_store_whose_log_was_not_written_back_is_not_touched(sqlite_store, tmp_path):
    """As a killed program leaves it: the rows are in the log only."""
    fill(sqlite_store)
    sqlite_store.backup(tmp_path / "labels.zip")
    folder = tmp_path / "killed"
    folder.mkdir()
    for name in ("labels.sqlite3", "labels.sqlite3-wal"):
        shutil.copyfile(tmp_path / name, folder / name)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    url = f"sqlite:///{folder / 'labels.sqlite3'}"
    with pytest.raises(StoreError, match="into an empty one only"):
        restore_backup(tmp_path / "labels.zip", url, folder / "pictures")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_another_program_s_database_is_not_replaced(sqlite_store, tmp_path):
    sqlite_store.backup(tmp_path / "labels.zip")
    path = tmp_path / "other.sqlite3"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE songs (name)")
    raw.close()
    with pytest.raises(StoreError, match="into an empty one only"):
        restore_backup(tmp_path / "labels.zip", f"sqlite:///{path}", tmp_path / "new" / "pictures")


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
            "a file that leads out of its folder",
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


def test_a_changed_picture_is_left_out_of_a_backup_and_named(sqlite_store, tmp_path):
    """Nobody would take it back; while the store is there it can still be mended."""
    ids = fill(sqlite_store)
    name = sqlite_store.history(ids[1]).picture.file_name
    (sqlite_store.pictures_dir / name).write_bytes(picture_bytes(77))
    assert sqlite_store.backup(tmp_path / "labels.zip").missing == (name,)


def test_a_store_with_a_broken_chain_moves_with_its_fault_named(sqlite_store, tmp_path):
    (picture_id, *_) = fill(sqlite_store)
    with sqlite_store._database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO revisions VALUES (99, ?, 'correct', 'NEVER', 'A1', '', '', '2026-01-01')",
            (picture_id,),
        )
    made = sqlite_store.backup(tmp_path / "labels.zip")
    assert made.faults == sqlite_store.verify().faults
    assert len(made.faults) == 2
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    assert restore_backup(tmp_path / "labels.zip", url, tmp_path / "new" / "pictures") == made


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
    assert (result.exit_code, result.stdout) == (0, f"Wrote {path}: 22 rows, 3 pictures.\n")
    result = run("labels", "restore", path)
    assert (result.exit_code, "is in use: stop the labelling app" in result.stderr) == (2, True)
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "new"))
    result = run("labels", "restore", path)
    assert (result.exit_code, result.stdout) == (0, f"Restored {path}: 22 rows, 3 pictures.\n")
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
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "lacking"))
    result = run("labels", "restore", path)
    assert (result.exit_code, "2 pictures.\n" in result.stdout) == (1, True)
    assert "is missing: it was gone or had changed." in result.stderr


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
