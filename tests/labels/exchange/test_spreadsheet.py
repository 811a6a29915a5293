"""An exported manifest comes back from a spreadsheet, whatever that made of the file."""

import csv
import io

import pytest

from lpr_core.labels import LabelStore
from lpr_core.labels.exchange import ExportKind, Selection, export_labels
from lpr_core.labels.intake import take_in
from tests.kit.label_samples import add_plate


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    for seed, (name, text) in enumerate([("=car 1.png", "AB1"), ("\u00fcber; B.png", "0012345")]):
        opened.add_revision(add_plate(opened, seed, name), None, text, "ana")
    yield opened
    opened.close()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_edits_of_a_spreadsheet_come_back(store, tmp_path, delimiter, encoding):
    path = tmp_path / "labels.csv"
    export_labels(store, ExportKind.MANIFEST, path, Selection())
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [row["original_name"] for row in rows] == ["'=car 1.png", "\u00fcber; B.png"]
    rows[0]["plate_text"] = "AB2"
    rows[0]["saved_at"] = rows[0]["saved_at"][:19] + "Z"  # a spreadsheet drops the rest
    columns = ["original_name", *(name for name in rows[0] if name != "original_name")]
    with path.open("w", encoding=encoding, newline="") as stream:
        table = csv.DictWriter(stream, columns, delimiter=delimiter, lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)
        stream.write(delimiter * (len(columns) - 1) + "\r\n")
    take_in(store, [path], author="bob")
    assert [record.text for record in store.records()] == ["AB2", "0012345"]
    assert [record.revision.author for record in store.records()] == ["bob", "ana"]
    take_in(store, [path], author="bob")  # once more: nothing new
    assert [len(record.revisions) for record in store.records()] == [2, 1]
    assert [record.picture.name for record in store.records()] == ["=car 1.png", "\u00fcber; B.png"]
