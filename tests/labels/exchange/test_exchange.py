import csv
import io
import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpr_core.data.formats import import_folder
from lpr_core.data.formats.cells import guard_cell, unguard_cell
from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import Box, ManifestError
from lpr_core.labels.exchange import (
    ExportKind,
    PlateHistory,
    PlateLabels,
    Selection,
    Word,
    export_labels,
    find_kind,
    read_labels,
    tables,
)
from lpr_core.labels.exchange.history import write_history
from lpr_core.labels.exchange.label_studio import write_label_studio
from lpr_core.labels.exchange.manifest import write_manifest_labels
from lpr_core.labels.exchange.paddle import write_paddle
from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.intake import take_in
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.database import StoreError
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredPicture, StoredReading
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]

FILES = [kind for kind in ExportKind if kind is not ExportKind.PLATES]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(sqlite_template, tmp_path):
    path = tmp_path / "data" / "labels.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    opened = LabelStore(f"sqlite:///{path}", path.parent)
    yield opened
    opened.close()


@pytest.fixture
def other(label_url, tmp_path):
    """A second, empty store, on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path / "other")
    yield opened
    opened.close()


@pytest.fixture
def export(store, tmp_path):
    """A function that exports and returns the file's bytes."""

    def export_(kind, *selection, **options):
        path = tmp_path / "out"
        export_labels(store, kind, path, *selection, **options)
        return path.read_bytes()

    return export_


def add_plate(store, seed, text="ABC1D23", **reading):
    picture_id = store.add_picture(picture_bytes(seed), f"plate {seed}.png")
    store.add_reading(picture_id, reading_dict(text, **reading))
    return picture_id


def image_path(picture_id):
    return f"pictures/{picture_id[:2]}/{picture_id}.png"


def read_rows(content):
    return list(csv.reader(io.StringIO(content.decode())))


@pytest.fixture
def five_plates(store):
    """Two that count, and one each of unreadable, not a plate and unchecked."""
    ids = [add_plate(store, seed) for seed in range(5)]
    store.add_revision(ids[0], text="ABC1D23")
    store.add_revision(ids[1], text="WRONG1")
    store.add_revision(ids[1], text="ABC1D28", author="maria", saved_at=LONG_AGO)
    store.add_revision(ids[2], Mark.UNREADABLE, author="=maria")
    store.add_revision(ids[3], Mark.NOT_A_PLATE)
    return ids


# --- what each file has


def test_the_manifest_has_what_people_could_read(export, five_plates, store):
    saved_at = store.history(five_plates[0]).revision.saved_at.isoformat()
    assert read_rows(export(ExportKind.MANIFEST)) == [
        ["image_path", "plate_text", "plate_region", "mark", "author", "saved_at"],
        [image_path(five_plates[0]), "ABC1D23", "br", "correct", "", saved_at],
        [image_path(five_plates[1]), "ABC1D28", "br", "corrected", "maria", LONG_AGO.isoformat()],
    ]


def test_a_training_reads_the_manifest(export, five_plates, store):
    path = store.pictures_dir.parent / "manifest.csv"
    path.write_bytes(export(ExportKind.MANIFEST))
    frame = read_manifest(path, None)
    assert list(frame["plate_text"]) == ["ABC1D23", "ABC1D28"]


def test_a_plate_that_became_unreadable_leaves_the_manifest(store, export, five_plates):
    store.add_revision(five_plates[0], Mark.UNREADABLE)
    assert [row[1] for row in read_rows(export(ExportKind.MANIFEST))] == ["plate_text", "ABC1D28"]


def test_an_empty_store_exports_empty_files(export):
    header = b"image_path,plate_text,plate_region,mark,author,saved_at\n"
    assert export(ExportKind.MANIFEST) == header
    assert export(ExportKind.HISTORY) == b""
    assert export(ExportKind.PADDLE) == b""
    assert json.loads(export(ExportKind.LABEL_STUDIO)) == []
    archive = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    assert archive.namelist() == ["manifest.csv"]


def test_paddle_has_paths_and_texts(export, five_plates):
    assert export(ExportKind.PADDLE).decode().splitlines() == [
        f"{image_path(five_plates[0])}\tABC1D23",
        f"{image_path(five_plates[1])}\tABC1D28",
    ]


def test_label_studio_has_predictions_and_annotations(export, five_plates):
    tasks = json.loads(export(ExportKind.LABEL_STUDIO))
    assert [task["data"]["mark"] for task in tasks] == [
        "correct",
        "corrected",
        "unreadable",
        "not_a_plate",
        "unchecked",
    ]
    place = {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0}
    common = {
        "id": "plate",
        "to_name": "image",
        "original_width": 60,
        "original_height": 20,
        "image_rotation": 0,
    }
    assert tasks[1]["data"] == {
        "ocr": f"/data/local-files/?d={image_path(five_plates[1])}",
        "name": "plate 1.png",
        "plate_text": "ABC1D28",
        "plate_region": "br",
        "mark": "corrected",
        "author": "maria",
        "saved_at": LONG_AGO.isoformat(),
    }
    (prediction,) = tasks[1]["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("fake-00000000", 0.9)
    (annotation,) = tasks[1]["annotations"]
    assert not annotation["was_cancelled"]
    assert annotation["result"] == [
        {**common, "from_name": "bbox", "type": "rectangle", "value": place},
        {**common, "from_name": "label", "type": "labels", "value": {**place, "labels": ["Text"]}},
        {
            **common,
            "from_name": "transcription",
            "type": "textarea",
            "value": {**place, "text": ["ABC1D28"]},
        },
    ]
    assert tasks[2]["annotations"][0]["was_cancelled"]
    assert tasks[4]["annotations"] == []


def test_our_importer_of_label_studio_reads_it_too(export, five_plates, store):
    store.add_revision(five_plates[4], text="AB1")
    folder = store.pictures_dir.parent
    (folder / "tasks.json").write_bytes(export(ExportKind.LABEL_STUDIO))
    frame = import_folder("label-studio", folder / "tasks.json")
    assert list(frame["plate_text"]) == ["ABC1D23", "ABC1D28", "AB1"]
    assert set(frame["width"]) == {60}


def test_the_history_has_everything(store, export, five_plates):
    lines = [json.loads(line) for line in export(ExportKind.HISTORY).splitlines()]
    assert [line["picture"]["picture_id"] for line in lines] == five_plates
    for line, record in zip(lines, store.records(), strict=True):
        ours = {"format": "lpr-history-1", "project": "default"}
        ours["image_path"] = image_path(record.picture.picture_id)
        assert line == ours | record.to_dict()


# --- archives


@pytest.mark.parametrize("kind", FILES)
def test_pictures_go_along(store, export, five_plates, kind):
    archive = zipfile.ZipFile(io.BytesIO(export(kind, with_pictures=True)))
    named = 2 if kind in (ExportKind.MANIFEST, ExportKind.PADDLE) else 5
    paths = [image_path(picture_id) for picture_id in five_plates[:named]]
    assert archive.namelist() == [kind, *paths]
    assert archive.read(kind) == export(kind)
    assert archive.read(paths[0]) == (store.pictures_dir.parent / paths[0]).read_bytes()
    assert archive.testzip() is None


def test_plates_are_the_manifest_with_its_pictures(export, five_plates):
    plates = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    assert plates.namelist()[0] == "manifest.csv"
    assert len(plates.namelist()) == 3


# --- regions and formulas


@pytest.mark.parametrize(
    ("read", "typed", "region", "exported"),
    [
        ("ABC1D23", "ABC1D23", "br", "br"),
        ("ABC1D23", "XYZ9K87", "br", "br"),  # another plate of the same shape
        ("ABC1D23", "ABC1223", "br", ""),  # no longer the pattern that was recognised
        ("ABC1D23", "ABC1D2", "br", ""),
        ("ABC1D23", "ABC1D23", None, ""),
    ],
)
def test_the_region_is_kept_while_the_pattern_holds(store, export, read, typed, region, exported):
    store.add_revision(add_plate(store, 0, read, region=region), text=typed)
    assert read_rows(export(ExportKind.MANIFEST))[1][1:3] == [typed, exported]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),  # noqa: RUF001
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("'=1", "''=1"),
        ("'tis", "''tis"),
        ('a,"b"', 'a,"b"'),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(store, export, text, cell):
    store.add_revision(add_plate(store, 0, region=text), text="ABC1D23", author=text)
    row = read_rows(export(ExportKind.MANIFEST))[1]
    assert (row[2], row[4]) == (cell, cell)
    assert unguard_cell(cell) == text.strip()


AUTHORS = st.text(st.characters().filter(str.isprintable), max_size=20).map(str.strip)


@settings(deadline=None)
@given(AUTHORS | AUTHORS.map(lambda text: f"={text}"))
def test_guarded_cells_come_back(text):
    cell = guard_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguard_cell(cell) == text


# --- round trips of each format


def nothing_later_than(moment):
    return st.datetimes(datetime(2000, 1, 1), moment, timezones=st.just(UTC))


PLATE_TEXTS = st.text("ABCDEFGH0123456789ÄЖ", min_size=1, max_size=16)
TIMES = nothing_later_than(datetime(2026, 1, 1))
READINGS = st.builds(
    StoredReading,
    reading_id=st.integers(1, 9),
    text=PLATE_TEXTS,
    confidence=st.floats(0, 1),
    region=st.sampled_from([None, "br", "us-ca"]),
    pattern=st.sampled_from([None, "Mercosul"]),
    slots=st.just(tuple(reading_dict()["slots"])),
    reader_version=st.sampled_from(["a-1", "b-2"]),
    read_at=TIMES,
)


@st.composite
def revisions(draw):
    mark = draw(st.sampled_from(Mark))
    return Revision(
        revision_id=draw(st.integers(1, 9)),
        mark=mark,
        before=draw(st.just("") | PLATE_TEXTS),
        after=draw(PLATE_TEXTS) if mark.is_readable else "",
        author=draw(AUTHORS | st.sampled_from(["=cmd", "@maria", "'x", "-"])),
        reader_version="a-1",
        saved_at=draw(TIMES),
    )


@st.composite
def records(draw):
    picture_id = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    picture = StoredPicture(
        picture_id=picture_id,
        name="a.png",
        file_name=f"{picture_id[:2]}/{picture_id}.png",
        width=60,
        height=20,
        added_at=LONG_AGO,
        region=draw(st.sampled_from([None, "br", "=region", "-"])),
    )
    read = tuple(draw(st.lists(READINGS, max_size=2)))
    return PlateRecord(picture, read, tuple(draw(st.lists(revisions(), max_size=3))))


SOME_RECORDS = st.lists(records(), max_size=4, unique_by=lambda record: record.picture.picture_id)


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


def readable(record):
    return record.revision is not None and record.revision.mark.is_readable


def word_of(record):
    revision = record.revision
    if revision is None:
        return None
    return Word(revision.mark, revision.after, revision.author, revision.saved_at)


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


# --- from store to store


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


# --- selections


def texts_of(content):
    return [row[1] for row in read_rows(content)[1:]]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({}, "01234"),
        ({"person": "maria"}, "1"),
        ({"person": "nobody"}, ""),
        ({"person": ""}, "03"),
        ({"mark": "unreadable"}, "2"),
        ({"mark": "unchecked"}, "4"),
        ({"region": "br"}, "014"),
        ({"region": "b"}, ""),
        ({"until": LONG_AGO}, ""),
        ({"until": LONG_AGO + timedelta(seconds=1)}, "1"),
        ({"since": LONG_AGO + timedelta(seconds=1)}, "0234"),
        ({"project_id": 1, "mark": "correct"}, "0"),
        ({"project_id": 2}, ""),
    ],
)
def test_exports_take_what_was_asked_for(export, five_plates, selection, names):
    lines = export(ExportKind.HISTORY, Selection(**selection)).splitlines()
    found = [json.loads(line)["picture"]["picture_id"] for line in lines]
    assert found == [five_plates[int(name)] for name in names]


@pytest.mark.parametrize(
    ("selection", "problem"),
    [
        ({"mark": "good"}, r"`mark` must be one of unchecked, .*\. Received: 'good'"),
        ({"since": datetime(2026, 1, 1)}, r"A time needs a UTC offset\. Received: 2026-01-01"),
    ],
)
def test_bad_selections(selection, problem):
    with pytest.raises(ValueError, match=problem):
        Selection(**selection)


def test_a_family_of_regions_is_one_region(store, export):
    for seed, region in enumerate(["us-ca", "us", "uk"]):
        add_plate(store, seed, region=region)
    lines = export(ExportKind.HISTORY, Selection(region="us")).splitlines()
    assert len(lines) == 2


# --- faults


def test_a_folder_that_cannot_take_the_file(store, tmp_path):
    with pytest.raises(StoreError, match=r"^The label store did not save or load anything: .*\.$"):
        export_labels(store, ExportKind.HISTORY, tmp_path / "missing" / "history.jsonl")


def test_a_lost_picture_is_said_in_one_sentence(store, tmp_path, five_plates):
    (store.pictures_dir.parent / image_path(five_plates[0])).unlink()
    with pytest.raises(StoreError, match="did not save or load anything"):
        export_labels(store, ExportKind.PLATES, tmp_path / "out.zip")


def problems_of(tmp_path, name, content) -> list[str]:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(ManifestError) as caught:
        read_labels(path, find_kind(path))
    return str(caught.value).splitlines()


def test_bad_manifest_rows_are_all_listed(tmp_path):
    rows = "image_path,plate_text,mark,saved_at\na,A1,good,\nb,B1,correct,soon\nc,C1,,2999-01-01\n"
    assert problems_of(tmp_path, "m.csv", rows) == [
        "m.csv has 3 bad rows:",
        "  line 2: mark must be correct or corrected, or empty. Received: 'good'",
        "  line 3: a time must be as 2026-01-31T12:00:00Z. Received: 'soon'",
        "  line 4: a time must not lie in the future. Received: '2999-01-01'",
    ]


def test_bad_paddle_lines_are_all_listed(tmp_path):
    assert problems_of(tmp_path, "rec_gt.txt", "a.png\tA1\nb.png B1\n\t\n") == [
        "rec_gt.txt has 1 bad lines:",
        "  line 2: a line must be a path, a tab and a text. Received: 'b.png B1'",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[{]", "tasks.json: the JSON is broken: Expecting property name"),
        ("[" * 100_000, "tasks.json: the JSON is broken: "),
    ],
)
def test_broken_tasks(tmp_path, content, problem):
    (found,) = problems_of(tmp_path, "tasks.json", content)
    assert found.startswith(problem)


def test_bad_tasks_are_all_listed(tmp_path):
    good = {"data": {"ocr": "a.png"}, "annotations": []}
    two = {"data": {"ocr": "a.png"}, "annotations": [{"result": []}]}
    strange = {"data": {"ocr": "a.png", "mark": "fine"}, "annotations": []}
    content = json.dumps([good, 5, {"data": {}}, two, strange])
    summary, *problems = problems_of(tmp_path, "tasks.json", content)
    assert summary == "tasks.json has 4 bad tasks:"
    assert [problem.split(" (")[0] for problem in problems] == [
        "  task 2: not as Label Studio writes tasks",
        "  task 3: not as Label Studio writes tasks",
        "  task 4: no text area says the text of a plate",
        "  task 5: 'fine' is not a valid Mark",
    ]


def history_line(**changes):
    revision = {
        "mark": "corrected",
        "before": "",
        "after": "A1",
        "author": "",
        "reader_version": "",
        "saved_at": "2026-01-01T00:00:00Z",
    }
    line = {"format": "lpr-history-1", "image_path": "a.png", "picture": {}, "readings": []}
    return json.dumps(line | {"revisions": [revision | changes]})


def test_bad_histories_are_all_listed(tmp_path):
    lines = [
        history_line(),
        history_line(after=""),
        history_line(mark="unreadable"),
        history_line(saved_at="2999-01-01T00:00:00Z"),
        history_line(saved_at="2026-01-01T00:00:00"),
        history_line(author="x" * 81),
        "{}",
        "nonsense",
    ]
    summary, *problems = problems_of(tmp_path, "a.jsonl", "\n".join(lines))
    assert summary == "a.jsonl has 7 bad lines:"
    assert [problem.split(":")[0] for problem in problems] == [
        f"  line {number}" for number in range(2, 9)
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "image_path,plate_text\n", ExportKind.MANIFEST),
        ("a.csv", "\ufeffplate_text , image_path,more\n", ExportKind.MANIFEST),
        ("a.csv", "path,text\n", None),
        ("REC_GT_train.txt", "", ExportKind.PADDLE),
        ("notes.txt", "a\tb", None),
        ("a.json", ' [{"data": 1}]', ExportKind.LABEL_STUDIO),
        ("a.json", "{}", None),
        ("a.jsonl", history_line(), ExportKind.HISTORY),
        ("a.jsonl", "{}", None),
        ("a.png", "image_path,plate_text", None),
    ],
)
def test_kinds_are_told_by_their_beginning(tmp_path, name, content, kind):
    (tmp_path / name).write_text(content)
    assert find_kind(tmp_path / name) is kind


HEADER = "image_path,plate_text\n"


@pytest.mark.parametrize(
    ("limit", "value", "content", "problem"),
    [
        ("MAX_BYTES", 30, HEADER + "a,b\n" * 5, "m.csv has 0 MB; at most 3e-05 MB of labels are"),
        ("MAX_ROWS", 3, HEADER + "a,b\n" * 3, "m.csv has more than 3 lines, the most that"),
        ("MAX_LINE_BYTES", 30, HEADER + "a" * 31, "Line 2 of m.csv is longer than 30 bytes."),
        ("MAX_FIELD_LENGTH", 12, HEADER + '"a\nbcdefghijkl",b\n', "m.csv has a field of 13 char"),
        ("MAX_FIELD_LENGTH", 12, HEADER + '"' + "a\n" * 90_000, "m.csv cannot be read as CSV: "),
    ],
)
def test_huge_tables_are_refused(tmp_path, monkeypatch, limit, value, content, problem):
    monkeypatch.setattr(tables, limit, value)
    (found,) = problems_of(tmp_path, "m.csv", content)
    assert found.startswith(problem)


def test_boxes_of_a_manifest_are_kept(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("image_path,plate_text,x,y,width,height\na.png,A1,1,2,30,40\n")
    (found,) = read_labels(path, ExportKind.MANIFEST)
    assert found == PlateLabels(f"{tmp_path}/a.png", Word(None, "A1"), "", Box(1, 2, 30, 40))
