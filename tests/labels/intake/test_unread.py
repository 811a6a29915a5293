import pytest

from lpr_core.labels.exchange import PlateLabels
from lpr_core.labels.intake import unread
from lpr_core.labels.intake.unread import ReadingReport, read_unread
from lpr_core.labels.tables.bulk import Arrival
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


class BatchReader(FakeReader):
    """Reads batches, and remembers how large they were and of which region."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[int, str | None]] = []

    def read_batch(self, pictures, region=None):
        self.batches.append((len(pictures), region))
        return [self.read(picture, region) for picture in pictures]


def add_pictures(store, count, project_id=1):
    return [
        store.add_picture(picture_bytes(seed + 100 * project_id), f"{seed}.png", project_id)
        for seed in range(count)
    ]


def test_every_unread_picture_is_read_once(store, monkeypatch):
    monkeypatch.setattr(unread, "BATCH_SIZE", 2)
    ids = add_pictures(store, 5)
    store.add_reading(ids[0], reading_dict("MINE123"))
    reader, steps = BatchReader(), []
    report = read_unread(store, reader, on_progress=lambda *step: steps.append(step))
    assert report == ReadingReport(4, {})
    assert steps == [(2, 4), (4, 4)]
    assert reader.batches == [(2, None), (2, None)]
    assert [len(store.history(one).readings) for one in ids] == [1] * 5
    assert store.history(ids[0]).text == "MINE123"
    assert store.history(ids[1]).reading.reader_version == reader.version
    assert read_unread(store, reader) == ReadingReport(0, {})


def test_a_cut_reading_goes_on(store, monkeypatch):
    monkeypatch.setattr(unread, "BATCH_SIZE", 2)
    add_pictures(store, 5)

    def cut(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_unread(store, BatchReader(), on_progress=cut)
    assert read_unread(store, BatchReader()).num_read == 3


def test_a_worker_reads_a_few(store):
    add_pictures(store, 5)
    assert [read_unread(store, BatchReader(), limit=2).num_read for _ in range(4)] == [2, 2, 1, 0]


def test_one_project_is_read_as_of_its_region(store):
    project = store.projects.create("Harbour", region="br")
    add_pictures(store, 2)
    add_pictures(store, 3, project.project_id)
    reader = BatchReader()
    assert read_unread(store, reader, project_id=project.project_id).num_read == 3
    assert reader.batches == [(3, "br")]
    assert store.bulk.count_unread() == 2


@pytest.mark.parametrize(("said", "read_as"), [("us", "us"), ("Atlantis", None)])
def test_a_pictures_own_region_comes_first(store, said, read_as):
    project = store.projects.create("Harbour", region="br")
    (picture_id,) = add_pictures(store, 1, project.project_id)
    labels = (PlateLabels("", None, said),)
    store.bulk.add([Arrival(picture_id, "a.png", labels=labels)], 1, "")
    reader = BatchReader()
    read_unread(store, reader)
    assert reader.batches == [(1, read_as)]


def test_a_lost_picture_does_not_stop_the_others(store):
    ids = sorted(add_pictures(store, 3))
    path = store.pictures_dir / store.history(ids[0]).picture.file_name
    path.unlink()
    report = read_unread(store, BatchReader())
    assert report == ReadingReport(2, {ids[0]: f"There is no file {str(path)!r}."})


def test_what_somebody_else_has_read_meanwhile_stays(store):
    (picture_id,) = add_pictures(store, 1)

    class SlowReader(BatchReader):
        def read_batch(self, pictures, region=None):
            store.add_reading(picture_id, reading_dict("FIRST12"))
            return super().read_batch(pictures, region)

    assert read_unread(store, SlowReader()).num_read == 0
    assert [one.text for one in store.history(picture_id).readings] == ["FIRST12"]
