"""Every entrance gives the same answer: `lpr data import` and `lpr labels take-in`."""

import csv
import json

import pytest

from lpr_core.data.formats import find_plates, import_folder
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import ManifestError
from lpr_core.data.splits import split_manifest
from lpr_core.labels.intake import take_in
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]

WHOLE = {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0}
PLACE = {"x": 10, "y": 20, "width": 50, "height": 40, "rotation": 0}


@pytest.fixture
def folder(tmp_path):
    """A folder to bring, empty."""
    found = tmp_path / "brought"
    found.mkdir()
    return found


def put_picture(folder, name, seed=0, size=(60, 20)):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture_bytes(seed, width=size[0], height=size[1]))


def annotation(text, place=WHOLE, **more):
    size = {"original_width": 60, "original_height": 20}
    tags = [
        {"id": "r", "type": "rectangle", "value": place, **size},
        {"id": "r", "type": "textarea", "value": {**place, "text": text}, **size},
    ]
    return {"was_cancelled": False, "result": tags, **more}


def put_tasks(folder, *tasks):
    (folder / "project.json").write_text(json.dumps(tasks))


def task(address, *annotations, key="ocr"):
    return {"data": {"id": 3, key: address}, "annotations": list(annotations)}


def imported(folder):
    """The texts by the pictures' paths, as `lpr data import` has them."""
    frame = import_folder("label-studio", folder)
    paths = [path.removeprefix(f"{folder}/") for path in frame["image_path"]]
    return dict(zip(paths, frame["plate_text"], strict=True))


def taken_in(store, folder, **options):
    """The texts by the pictures' paths, as `lpr labels take-in` has them."""
    rows = [row for row in take_in(store, folder, **options).rows if row.picture_id]
    return {row.name: store.history(row.picture_id).text for row in rows}


@pytest.mark.parametrize("layout", [None, "label-studio"])
def test_of_two_annotators_the_last_one_counts_and_a_note_says_so(sqlite_store, folder, layout):
    put_picture(folder, "p.png")
    put_tasks(
        folder,
        task("p.png", annotation(["KLM4409"]), annotation(["KLN4409"]), annotation(["KLM4409"])),
    )
    note = "2 annotations disagree: the last one, 'KLM4409', was taken, not 'KLN4409'."
    assert [plate.label.note for plate in find_plates("label-studio", folder)] == [note]
    assert imported(folder) == {"p.png": "KLM4409"}
    (row,) = take_in(sqlite_store, folder, layout=layout).rows
    assert row.sentence == note
    assert sqlite_store.history(row.picture_id).text == "KLM4409"


def test_annotators_of_one_mind_need_no_note(folder):
    put_picture(folder, "p.png")
    put_tasks(folder, task("p.png", annotation(["KLM4409"]), annotation("KLM4409")))
    assert [plate.label.note for plate in find_plates("label-studio", folder)] == [""]


def test_two_texts_in_one_area_are_refused(sqlite_store, folder):
    put_picture(folder, "p.png")
    put_tasks(folder, task("p.png", annotation(["KLM", "4409"])))
    problem = (
        "task 1: a text area must have one text, of both rows where a plate has two. "
        "Received: 'KLM', '4409'"
    )
    with pytest.raises(ManifestError) as at_import:
        import_folder("label-studio", folder)
    with pytest.raises(ManifestError) as at_intake:
        take_in(sqlite_store, folder)
    assert at_import.value.problems == (f"project.json: {problem}",)
    assert at_intake.value.problems == (problem,)


@pytest.mark.parametrize("text", ["KLM\n4409", ["KLM\n4409"], ["", "KLM 4409 "]])
def test_both_rows_in_one_text_are_one_plate(sqlite_store, folder, text):
    put_picture(folder, "p.png")
    put_tasks(folder, task("p.png", annotation(text)))
    assert imported(folder) == {"p.png": "KLM 4409"}
    assert taken_in(sqlite_store, folder) == {"p.png": "KLM4409"}


@pytest.mark.parametrize("key", ["ocr", "image", "photo", "$undefined$"])
def test_a_task_may_call_its_picture_anything(sqlite_store, folder, key):
    put_picture(folder, "p.png")
    put_picture(folder, "3.png", 1)  # which the task's id is not about
    put_tasks(folder, task("/data/upload/4/00ff12ab-p.png", annotation(["KLM4409"]), key=key))
    assert imported(folder) == {"p.png": "KLM4409"}
    assert taken_in(sqlite_store, folder) == {"3.png": "", "p.png": "KLM4409"}


def test_a_task_without_a_picture_is_said_to_be_one(folder):
    put_picture(folder, "p.png")
    put_tasks(folder, {"data": {"a": "p.png", "b": "q.png"}, "annotations": []}, {"data": {}})
    with pytest.raises(ManifestError) as caught:
        import_folder("label-studio", folder)
    assert caught.value.problems[0] == (
        "project.json: task 1: there must be one picture of the task. "
        "Received: {'a': 'p.png', 'b': 'q.png'}"
    )


@pytest.mark.parametrize("has_own_place", [True, False])
def test_a_box_is_cut_out(sqlite_store, folder, has_own_place):
    put_picture(folder, "car.png")
    made = annotation(["KLM4409"], PLACE)
    if not has_own_place:  # then the region of the same id has it
        made["result"][1]["value"] = {"text": ["KLM4409"]}
    put_tasks(folder, task("car.png", made))
    frame = import_folder("label-studio", folder)
    assert frame[["x", "y", "width", "height"]].to_numpy().tolist() == [[6, 4, 30, 8]]
    (row,) = take_in(sqlite_store, folder).rows
    picture = sqlite_store.history(row.picture_id).picture
    assert (picture.width, picture.height) == (30, 8)


def test_two_plates_of_one_photo_are_two(sqlite_store, folder):
    put_picture(folder, "car.png")
    made = annotation(["KLM4409"], PLACE)
    made["result"] += annotation(["PQR11"], {**PLACE, "y": 60})["result"]
    put_tasks(folder, task("car.png", made))
    assert list(import_folder("label-studio", folder)["plate_text"]) == ["KLM4409", "PQR11"]
    assert set(taken_in(sqlite_store, folder).values()) == {"KLM4409", "PQR11"}


@pytest.mark.parametrize("prefix", ["", "root/of/", "C:\\root\\"])
def test_equal_names_in_two_folders_are_two_pictures(sqlite_store, folder, prefix):
    texts = {"north/1.png": "KLM4409", "south/1.png": "PQR11", "1.png": "STU22"}
    names = list(texts)[:2]
    for seed, name in enumerate(texts):
        put_picture(folder, name, seed)
    put_tasks(
        folder,
        *(
            task(f"/data/local-files/?d={prefix}{name}", annotation([texts[name]]))
            for name in names
        ),
    )
    expected = {name: texts[name] for name in names}
    assert imported(folder) == expected
    assert taken_in(sqlite_store, folder) == {**expected, "1.png": ""}


def test_a_name_that_two_pictures_have_is_not_guessed(folder):
    for seed, name in enumerate(["north/1.png", "south/1.png"]):
        put_picture(folder, name, seed)
    index = PictureIndex(folder)
    for reference in ("1.png", "west/1.png", "1"):
        with pytest.raises(ValueError, match=r"there must be one picture .*\. Received: 2"):
            index.find_picture(reference, folder / "a.json")


def test_an_index_of_names_finds_nothing_else(folder, tmp_path):
    put_picture(tmp_path, "secret.png")
    index = PictureIndex(folder, ["a/p.png"])
    assert index.find_picture("a\\p.png", folder / "m.csv") == folder / "a" / "p.png"
    for reference in ("../secret.png", f"{tmp_path}/secret.png", "", "x" * 5000, "a\0b"):
        with pytest.raises(ValueError, match="Received: 0"):
            index.find_picture(reference, folder / "m.csv")


def test_backslashes_part_folders_at_every_entrance(sqlite_store, folder):
    for seed, name in enumerate(["in/KL1.png", "in/MN2.png"]):
        put_picture(folder, name, seed)
    path = folder / "plates.csv"
    path.write_text("image_path,plate_text\nin\\KL1.png,KL1\nin\\MN2.png,MN2\n")
    frame = read_manifest(path, None, check_pictures="decode")
    assert list(frame["image_path"]) == [f"{folder}/in/KL1.png", f"{folder}/in/MN2.png"]
    assert len(split_manifest(frame, {"train": 0.5, "test": 0.5}, 0)) == 2
    assert import_folder("fast-plate-ocr", folder).equals(frame)
    assert taken_in(sqlite_store, folder) == {"in/KL1.png": "KL1", "in/MN2.png": "MN2"}


def test_one_picture_named_in_two_ways_is_still_one(folder):
    put_picture(folder, "in/p.png")
    path = folder / "plates.csv"
    path.write_text("image_path,plate_text\nin\\p.png,KL1\nin/p.png,KL2\n")
    with pytest.raises(ManifestError) as caught:
        read_manifest(path, None)
    assert caught.value.problems == ("line 3: the picture stands on line 2 already",)


def test_a_name_with_a_backslash_in_it_is_found(folder):
    put_picture(folder, "odd\\name.png")
    path = folder / "plates.csv"
    path.write_text("image_path,plate_text\nodd\\name.png,KL1\n")
    assert list(read_manifest(path, None)["image_path"]) == [f"{folder}/odd\\name.png"]


@pytest.mark.parametrize("layout", [None, "paddle"])
def test_lists_of_paddle_come_in_everywhere(sqlite_store, folder, layout):
    put_picture(folder, "crops/p.png")
    (folder / "rec_gt_train.txt").write_text("crops\\p.png\tKLM 4409\n")
    frame = import_folder("paddle", folder)
    assert list(frame.iloc[0]) == [f"{folder}/crops/p.png", "KLM 4409", "", "train"]
    assert taken_in(sqlite_store, folder, layout=layout) == {"crops/p.png": "KLM4409"}


def test_a_layout_keeps_the_marks_of_a_manifest(sqlite_store, folder):
    put_picture(folder, "p.png")
    with (folder / "m.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["image_path", "plate_text", "plate_region", "author", "saved_at"])
        rows.writerow(["p.png", "KL1", "'=br", "'-jo", "2024-01-01"])
    (row,) = take_in(sqlite_store, folder, layout="fast-plate-ocr", author="me").rows
    record = sqlite_store.history(row.picture_id)
    assert (record.revision.author, record.revision.saved_at.year) == ("-jo", 2024)
    assert record.picture.region == "=br"
    assert list(read_manifest(folder / "m.csv", None)["plate_region"]) == ["=br"]
