"""Files as spreadsheets, other tools and other machines write them: what is meant is plain."""

import json
import unicodedata

import pytest

from lpr_core.data.formats import find_plates
from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import ManifestError
from lpr_core.labels.intake import take_in
from tests.kit.brought_folders import put, verdicts, zip_folder
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]

TABLES = {
    "semicolons": "image_path;plate_text\na.png;ABX4821\nb.png;BCX4732\n".encode("utf-8-sig"),
    "tabs in UTF-16": "image_path\tplate_text\na.png\tABX4821\nb.png\tBCX4732\n".encode("utf-16"),
    "big endian": "\ufeffimage_path,plate_text\na.png,ABX4821\nb.png,BCX4732\n".encode("utf-16-be"),
    "Excel's own line": b"sep=;\r\nimage_path;plate_text\r\na.png;ABX4821\r\nb.png;BCX4732\r\n",
    "blank tail": b"image_path,plate_text,\na.png,ABX4821,\nb.png,BCX4732,\n,,\n,,\n\n",
    "other names": b"Image,Text\na.png,ABX4821\nb.png,BCX4732\n",
    "names of a detector": b"file_name|License Plate|score\na.png|ABX4821|1\nb.png|BCX4732|1\n",
    "quoted": b'"filename";"plate"\n"a.png";"ABX4821"\n"b.png";"BCX4732"\n',
    "another case": b"image_path,plate_text\nA.PNG,ABX4821\nB.png,BCX4732\n",
}


def texts(store):
    return {record.picture.name: record.text for record in store.records()}


@pytest.fixture
def pictures(folder):
    put(folder, "a.png", picture_bytes(1))
    put(folder, "b.png", picture_bytes(2))
    return folder


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_tables_are_understood_at_every_entrance(sqlite_store, pictures, content):
    put(pictures, "plates.csv", content)
    expected = ["ABX4821", "BCX4732"]
    assert list(read_manifest(pictures / "plates.csv", None)["plate_text"]) == expected
    found = find_plates("fast-plate-ocr", pictures)
    assert [(one.picture_path.name, one.label.said.text) for one in found] == [
        ("a.png", "ABX4821"),
        ("b.png", "BCX4732"),
    ]
    take_in(sqlite_store, sorted(pictures.iterdir()))
    assert texts(sqlite_store) == {"a.png": "ABX4821", "b.png": "BCX4732"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "picture,score\n1,2\n", "must have image_path and plate_text. Received: "),
        ("a.csv", "image,file,text\n1,2,3\n", "must have image_path and plate_text. Received: "),
        ("a.json", '[{"file": "a.png", "score": 0.9}]', "this JSON is no export of Label Studio."),
        ("a.json", '{"a.png": 1}', "this JSON is no export of Label Studio."),
        ("a.json", '[{"ocr": "a.png", "annotator": 1}]', "this is Label Studio's JSON-MIN; export"),
        ("a.jsonl", '{"a.png": 1}', "these lines are no history of ours."),
        ("a.xml", "<annotation/>", "name the layout to have XML read, such as pascal-voc."),
        ("a.txt", "hello", "name the layout to have this text read, or write `picture<TAB>TEXT`"),
    ],
)
def test_files_that_are_no_labels_are_passed_over(sqlite_store, pictures, name, content, sentence):
    put(pictures, "plates.csv", "image_path,plate_text\na.png,ABX4821\nb.png,BCX4732\n")
    put(pictures, name, content)
    rows = {row.name: row for row in take_in(sqlite_store, pictures).rows}
    assert texts(sqlite_store) == {"a.png": "ABX4821", "b.png": "BCX4732"}
    assert rows[name].verdict.value == "refused"
    assert rows[name].sentence.startswith("Its labels were not taken: ")
    assert sentence in rows[name].sentence


def test_lists_are_told_by_their_lines(sqlite_store, pictures):
    put(pictures, "train_list.txt", "a.png\tABX4821\nb.png\tBCX4732\n")
    take_in(sqlite_store, pictures)
    assert texts(sqlite_store) == {"a.png": "ABX4821", "b.png": "BCX4732"}


@pytest.mark.parametrize("name", ["rec_gt.txt", "list.txt"])
def test_a_score_is_no_part_of_a_text(sqlite_store, pictures, name):
    put(pictures, name, "a.png\tABX4821\t0.9980\nb.png\tBCX4732\t0.9981\n")
    with pytest.raises(ManifestError, match=r"without a third column. Received there: '0\.9980'"):
        take_in(sqlite_store, pictures)
    assert not texts(sqlite_store)


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
@pytest.mark.parametrize("is_zip", [False, True])
def test_names_in_the_other_unicode_form(sqlite_store, folder, forms, is_zip):
    on_disk, in_table = (unicodedata.normalize(form, "Köln/Düren.png") for form in forms)
    put(folder, on_disk, picture_bytes(1))
    put(folder, "plates.csv", f"image_path,plate_text\n{in_table},ABX4821\n")
    (path,) = read_manifest(folder / "plates.csv", None)["image_path"]
    assert path == str(folder / on_disk)
    take_in(sqlite_store, zip_folder(folder) if is_zip else folder)
    assert list(texts(sqlite_store).values()) == ["ABX4821"]


def test_pictures_of_one_name_need_their_folders(sqlite_store, tmp_path):
    paths = []
    for number, place in enumerate(("foo", "bar"), start=1):
        put(tmp_path / place, "0.png", picture_bytes(number))
        paths.append(tmp_path / place / "0.png")
    put(tmp_path, "m.csv", "image_path,plate_text\nfoo/0.png,ABX4821\nbar/0.png,BCX4732\n")
    take_in(sqlite_store, [*paths, tmp_path / "m.csv"])
    assert [record.text for record in sqlite_store.records()] == ["ABX4821", "BCX4732"]


def test_uploads_of_one_name_are_not_guessed(sqlite_store, tmp_path):
    paths = []
    for number in (1, 2):
        put(tmp_path / (str(number) * 64), "0.png", picture_bytes(number))
        paths.append(tmp_path / (str(number) * 64) / "0.png")
    put(tmp_path, "m.csv", "image_path,plate_text\n0.png,ABX4821\n")
    report = take_in(sqlite_store, [*paths, tmp_path / "m.csv"])
    assert verdicts(report) == {"1/0.png": "added", "2/0.png": "added", "0.png": "refused"}
    assert report.rows[-1].sentence == (
        "2 pictures that came along are called '0.png'; bring them in their folders or in a ZIP "
        "archive."
    )
    assert [record.text for record in sqlite_store.records()] == ["", ""]


def test_archives_in_a_folder_are_opened(sqlite_store, pictures, tmp_path):
    put(pictures, "plates.csv", "image_path,plate_text\na.png,ABX4821\n")
    outer = tmp_path / "outer"
    outer.mkdir()
    zip_folder(pictures).rename(outer / "inner.zip")
    assert verdicts(take_in(sqlite_store, outer)) == {
        "inner.zip/a.png": "added",
        "inner.zip/b.png": "added",
    }
    assert texts(sqlite_store) == {"a.png": "ABX4821", "b.png": ""}


def test_every_suffix_of_a_picture_is_one(sqlite_store, folder):
    put(folder, "x.jfif", picture_bytes(1))
    put(folder, "y.jpe", picture_bytes(2))
    put(folder, "list.txt", "x\tABX4821\n")
    put(folder, "rec_gt.txt", "x\tABX4821\ny\tBCX4732\n")
    take_in(sqlite_store, folder)
    assert texts(sqlite_store) == {"x.jfif": "ABX4821", "y.jpe": "BCX4732"}


@pytest.mark.parametrize("text", ["license-plate", "Number Plate", "car", "NULL", "待识别", "n/a"])
def test_what_is_no_text_is_refused(sqlite_store, pictures, text):
    put(pictures, "plates.csv", f"image_path,plate_text\na.png,{text}\n")
    with pytest.raises(ManifestError, match="a class or a mark for what nobody has read is none"):
        take_in(sqlite_store, pictures)
    put(pictures, "plates.csv", "image_path,plate_text\na.png,NULL123\nb.png,NONE000\n")
    take_in(sqlite_store, pictures)
    assert texts(sqlite_store) == {"a.png": "NULL123", "b.png": "NONE000"}


NAMES = {
    "AB12 CDE.jpg": "AB12 CDE",
    "B MW 5557.jpg": "B MW 5557",
    "ABX4821 - Copy.jpg": "ABX4821",
    "ABX4821 - Kopie (2).jpg": "ABX4821",
    "ABX4821_2.jpg": "ABX4821",
    "ABX4821 (2).jpg": "ABX4821",
    "AB-12-34.jpg": "AB-12-34",
    "ABC-1234.jpg": "ABC-1234",
}


def test_names_of_pictures_are_texts(folder):
    for name in NAMES:
        put(folder, name, picture_bytes(1))
    found = find_plates("image-name", folder)
    assert {one.picture_path.name: one.label.said.text for one in found} == NAMES


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("BCX4732-2.jpg", r"may mean 'BCX47322', or 'BCX4732' for the picture number 2; call"),
        ("BCX4732 12.jpg", r"may mean 'BCX473212', or 'BCX4732' for the picture number 12; call"),
        ("IMG_2043.jpg", r"a camera's name is no plate's text. Received: 'IMG_2043'"),
        ("DSC_0001.JPG", r"a camera's name is no plate's text. Received: 'DSC_0001'"),
    ],
)
def test_names_that_may_mean_something_else_are_asked_about(folder, name, problem):
    put(folder, name, picture_bytes(1))
    with pytest.raises(ManifestError, match=problem):
        find_plates("image-name", folder)


def test_missing_keys_of_tasks_are_named(folder):
    put(folder, "a.json", json.dumps([{"data": {"ocr": "a.png"}}]))
    with pytest.raises(ManifestError, match=r"not as Label Studio writes tasks: 'annotations' is"):
        find_plates("label-studio", folder)
    put(folder, "a.json", json.dumps([{"ocr": "a.png", "transcription": "A1", "annotator": 1}]))
    with pytest.raises(ManifestError, match=r"is missing; this is its JSON-MIN, export its JSON"):
        find_plates("label-studio", folder)
