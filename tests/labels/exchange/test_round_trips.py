"""Whatever is written in a format is read again as it was."""

from hypothesis import given, settings

from lpr_core.labels.exchange import (
    ExportKind,
    PlateHistory,
    PlateLabels,
    Word,
    find_kind,
    read_labels,
)
from lpr_core.labels.exchange.history import write_history
from lpr_core.labels.exchange.label_studio import write_label_studio
from lpr_core.labels.exchange.manifest import write_manifest_labels
from lpr_core.labels.exchange.paddle import write_paddle
from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.tables.rows import Revision, StoredReading
from tests.kit.label_records import SOME_RECORDS, readable, word_of

pytest_plugins = ["tests.kit.label_databases"]


def write_and_read(tmp_path_factory, kind, write, found):
    path = tmp_path_factory.getbasetemp() / kind
    with path.open("w", encoding="utf-8", newline="") as stream:
        write(found, stream)
    if not path.stat().st_size or (kind is ExportKind.MANIFEST and not any(map(readable, found))):
        return []
    assert find_kind(path) is kind
    prefix = f"{path.parent.resolve()}/"
    return [
        PlateLabels(one.image_path.removeprefix(prefix), one.word, one.region, one.box)
        if isinstance(one, PlateLabels)
        else one
        for one in read_labels(path, kind)
    ]


@settings(deadline=None, max_examples=50)
@given(found=SOME_RECORDS)
def test_manifests_come_back(tmp_path_factory, found):
    read = write_and_read(tmp_path_factory, ExportKind.MANIFEST, write_manifest_labels, found)
    assert read == [
        PlateLabels(image_path_of(record.picture), word_of(record), region_of(record))
        for record in filter(readable, found)
    ]


@settings(deadline=None, max_examples=50)
@given(found=SOME_RECORDS)
def test_paddle_comes_back(tmp_path_factory, found):
    read = write_and_read(tmp_path_factory, ExportKind.PADDLE, write_paddle, found)
    assert read == [
        PlateLabels(image_path_of(record.picture), Word(None, record.text))
        for record in filter(readable, found)
    ]


@settings(deadline=None, max_examples=50)
@given(found=SOME_RECORDS)
def test_label_studio_comes_back(tmp_path_factory, found):
    read = write_and_read(tmp_path_factory, ExportKind.LABEL_STUDIO, write_label_studio, found)
    assert read == [
        PlateLabels(image_path_of(record.picture), word_of(record), region_of(record))
        for record in found
    ]


@settings(deadline=None, max_examples=50)
@given(found=SOME_RECORDS)
def test_histories_come_back(tmp_path_factory, found):
    def write(records, stream):
        write_history(records, stream, {1: "default"})

    def without_ids(record, image_path):
        return PlateHistory(
            image_path,
            record.picture.region or "",
            tuple(StoredReading(**vars(one) | {"reading_id": 0}) for one in record.readings),
            tuple(Revision(**vars(one) | {"revision_id": 0}) for one in record.revisions),
        )

    read = write_and_read(tmp_path_factory, ExportKind.HISTORY, write, found)
    assert read == [without_ids(record, image_path_of(record.picture)) for record in found]
