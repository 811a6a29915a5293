"""From store to store: an export is taken in, once, and adds to what people said."""

import json
from datetime import UTC, datetime

import pytest

from lpr_core.labels.exchange import ExportKind, export_labels
from lpr_core.labels.exchange.paths import region_of
from lpr_core.labels.intake import take_in
from tests.kit.exported_labels import FILES

pytest_plugins = ["tests.kit.label_databases"]


def standing(store):
    """What stands, by the picture's name: mark, text, author, time and region."""
    return {
        record.picture.name: (
            record.mark,
            record.text if record.revision else "",
            record.revision.author if record.revision else "",
            record.revision.saved_at if record.revision else None,
            region_of(record),
        )
        for record in store.records()
    }


@pytest.fixture
def zipped(store, tmp_path, five_plates):
    """A function that exports with pictures and returns the archive's path."""

    def zipped_(kind):
        path = tmp_path / f"{kind}.zip"
        export_labels(store, kind, path, with_pictures=True)
        return path

    return zipped_


@pytest.mark.parametrize("kind", FILES)
def test_a_new_store_takes_an_export(store, other, zipped, five_plates, kind):
    report = take_in(other, zipped(kind), author="importer")
    assert all(row.picture_id for row in report.rows)
    ours = {f"{identity}.png": store.history(identity) for identity in five_plates}
    for record in other.records():
        original = ours[record.picture.name]
        if kind is ExportKind.PADDLE:
            assert (record.mark, record.text) == ("corrected", original.text)
            assert record.revision.author == "importer"
            continue
        assert (record.mark, record.revision and record.text) == (
            original.mark,
            original.revision and original.text,
        )
        assert region_of(record) == region_of(original)
        if original.revision:
            author = original.revision.author or "importer"
            if kind is ExportKind.HISTORY:
                author = original.revision.author
            assert record.revision.author == author
            assert record.revision.saved_at == original.revision.saved_at
        if kind is ExportKind.HISTORY:
            assert [vars(one) | {"reading_id": 0} for one in record.readings] == [
                vars(one) | {"reading_id": 0} for one in original.readings
            ]
            assert [one.before for one in record.revisions] == [
                one.before for one in original.revisions
            ]


@pytest.mark.parametrize("kind", FILES)
def test_importing_again_changes_nothing(other, zipped, kind):
    path = zipped(kind)
    take_in(other, path)
    before = list(other.records())
    report = take_in(other, path)
    assert list(other.records()) == before
    assert report.counts()["same file"] == len(report.rows)
    assert report.label_counts()["taken"] == 0


@pytest.mark.parametrize("kind", FILES)
def test_a_store_knows_its_own_export(store, zipped, kind):
    before = list(store.records())
    take_in(store, zipped(kind))
    assert list(store.records()) == before


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_labels_alone_finds_its_pictures(store, tmp_path, five_plates, kind):
    path = tmp_path / kind
    export_labels(store, kind, path)
    before = standing(store)
    report = take_in(store, path)
    assert {row.verdict.value for row in report.rows} == {"same file"}
    assert standing(store) == before


def test_what_was_corrected_in_label_studio_is_a_new_revision(store, tmp_path, five_plates):
    path = tmp_path / "tasks.json"
    export_labels(store, ExportKind.LABEL_STUDIO, path)
    tasks = json.loads(path.read_bytes())
    moment = datetime.now(UTC)
    for task, text in zip(tasks, ["ABC1D23", "NEW1", "NEW2", "", "ABC1D23"], strict=True):
        result = [{"type": "textarea", "value": {"text": [text]}}] if text else []
        task["annotations"].append(
            {
                "was_cancelled": not text,
                "result": result,
                "completed_by": {"email": "jo@example.com"},
                "updated_at": moment.isoformat(),
            }
        )
    path.write_text(json.dumps(tasks))
    take_in(store, path)
    words = [
        (record.mark, record.text, record.revision.author)
        for record in map(store.history, five_plates)
    ]
    assert words == [
        ("correct", "ABC1D23", ""),  # nothing new
        ("corrected", "NEW1", "jo@example.com"),
        ("corrected", "NEW2", "jo@example.com"),  # had been unreadable
        ("not_a_plate", "", ""),
        ("correct", "ABC1D23", "jo@example.com"),
    ]
    assert store.history(five_plates[1]).revision.saved_at == moment
