"""What is known of a plate beside its text: into the store, and out of it again."""

import csv
import json
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from lpr_core.data.manifest import read_manifest
from lpr_core.labels.exchange import ExportKind, export_labels, read_labels
from lpr_core.labels.exchange.history import write_history
from lpr_core.labels.exchange.label_studio import write_label_studio
from lpr_core.labels.exchange.manifest import COLUMNS, write_manifest_labels
from lpr_core.labels.exchange.paths import image_path_of
from lpr_core.labels.intake import take_in
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables import database
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredPicture
from lpr_core.plates.facts import FACT_COLUMNS, UNKNOWN, PlateFacts
from tests.kit.label_samples import picture_bytes
from tests.plates.test_facts import FACTS

pytest_plugins = ["tests.kit.label_databases"]

MOMENT = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
KNOWN = PlateFacts(2, "=north gate", MOMENT, "pass 7")


@pytest.fixture
def store(label_url, tmp_path):
    """An empty store on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def filled(store, tmp_path):
    """A store with one plate of which all is known, and one of which nothing is."""
    folder = tmp_path / "brought"
    folder.mkdir()
    for seed in range(2):
        (folder / f"{seed}.png").write_bytes(picture_bytes(seed))
    with (folder / "m.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["image_path", "plate_text", *FACT_COLUMNS])
        rows.writerow(["0.png", "AB1", "2", "'=north gate", "2024-05-06T09:08+02:00", "pass 7"])
        rows.writerow(["1.png", "CD2", "", "", "", ""])
    take_in(store, folder)
    return store


def facts_of(store):
    return {record.text: record.picture.facts for record in store.records()}


def test_the_store_keeps_them(filled):
    assert facts_of(filled) == {"AB1": KNOWN, "CD2": UNKNOWN}
    plain = next(record.to_dict() for record in filled.records() if record.text == "AB1")
    assert plain["picture"]["taken_at"] == "2024-05-06T07:08:00+00:00"


@pytest.mark.parametrize("kind", [ExportKind.MANIFEST, ExportKind.LABEL_STUDIO, ExportKind.HISTORY])
def test_another_store_takes_them_from_an_export(filled, tmp_path, sqlite_template, kind):
    path = tmp_path / "out.zip"
    export_labels(filled, kind, path, with_pictures=True)
    (tmp_path / "other").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "other" / "labels.sqlite3")
    other = LabelStore(data_dir=tmp_path / "other")
    take_in(other, path)
    assert facts_of(other) == {"AB1": KNOWN, "CD2": UNKNOWN}
    other.close()


def test_a_training_reads_them(filled):
    path = filled.pictures_dir.parent / "manifest.csv"
    export_labels(filled, ExportKind.MANIFEST, path)
    assert path.read_text().splitlines()[0] == ",".join([*COLUMNS, *FACT_COLUMNS])
    assert list(read_manifest(path, None)["track"]) == ["pass 7", ""]


def test_only_known_facts_become_columns(sqlite_store, tmp_path):
    assert sqlite_store.bulk.known_facts() == ()
    sqlite_store.add_picture(picture_bytes(0), "0.png")
    (tmp_path / "0.png").write_bytes(picture_bytes(0))
    (tmp_path / "m.csv").write_text("image_path,plate_text,track\n0.png,AB1,t\n")
    take_in(sqlite_store, [tmp_path / "0.png", tmp_path / "m.csv"])
    assert sqlite_store.bulk.known_facts() == ("track",)
    export_labels(sqlite_store, ExportKind.MANIFEST, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().startswith(",".join([*COLUMNS, "track"]) + "\n")


def test_what_was_said_first_stays_and_the_rest_is_added(filled, tmp_path):
    (record,) = (record for record in filled.records() if record.text == "CD2")
    header = f"image_path,plate_text,{','.join(FACT_COLUMNS)}\n"
    for facts in (",south,,", "1,north,,t9"):
        (tmp_path / "m.csv").write_text(f"{header}{record.picture.picture_id}.png,CD2,{facts}\n")
        take_in(filled, tmp_path / "m.csv")
    assert facts_of(filled)["CD2"] == PlateFacts(1, "south", None, "t9")


def test_a_store_without_them_opens_as_before(tmp_path):
    engine = database._create_engine(f"sqlite:///{tmp_path / 'labels.sqlite3'}")
    with engine.begin() as connection:
        database.migrate(connection, "0008")
        connection.exec_driver_sql(
            "INSERT INTO projects VALUES (2, 'old', NULL, 0, 0, '2026-01-01 00:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO pictures (picture_id, name, file_name, width, height, added_at, region)"
            " VALUES ('a1', 'a.png', 'a1.png', 60, 20, '2026-01-01 00:00:00', 'br')"
        )
        connection.exec_driver_sql(
            "INSERT INTO standings (picture_id, project_id, mark, author, stage,"
            " latest_reading_id, latest_revision_id, confidence, agreement, added_at)"
            " VALUES ('a1', 2, 'unchecked', '', 'waiting', 0, 0, 1, 1, '2026-01-01 00:00:00')"
        )
    engine.dispose()
    store = LabelStore(data_dir=tmp_path)
    picture = store.history("a1").picture
    assert (picture.region, picture.facts) == ("br", UNKNOWN)
    store.close()


def test_a_history_of_an_older_program_has_none(tmp_path):
    line = {"format": "lpr-history-1", "image_path": "a.png", "picture": {"region": "br"}}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line | {"readings": [], "revisions": []}))
    (history,) = read_labels(path, ExportKind.HISTORY)
    assert (history.region, history.facts) == ("br", UNKNOWN)


@settings(deadline=None, max_examples=30)
@given(facts=FACTS)
@pytest.mark.parametrize(
    ("kind", "write"),
    [
        (ExportKind.MANIFEST, write_manifest_labels),
        (ExportKind.LABEL_STUDIO, write_label_studio),
        (ExportKind.HISTORY, lambda records, stream: write_history(records, stream, {})),
    ],
)
def test_any_facts_come_back(tmp_path_factory, kind, write, facts):
    columns = {name: None if value == "" else value for name, value in vars(facts).items()}
    picture = StoredPicture("0" * 64, "a.png", "00/0.png", 60, 20, MOMENT, **columns)
    said = Revision(1, Mark.CORRECTED, "", "AB1", "", "", MOMENT)
    path = tmp_path_factory.getbasetemp() / f"facts-{kind}"
    with path.open("w", encoding="utf-8", newline="") as stream:
        write([PlateRecord(picture, (), (said,))], stream)
    (read,) = read_labels(path, kind)
    assert read.image_path.endswith(image_path_of(picture))
    assert read.facts == facts
