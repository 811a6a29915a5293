import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lpr_core.data.manifest import read_manifest
from lpr_core.pictures.decoding import PictureError
from lpr_core.plates.format import SEVEN, PlateFormat
from lpr_core.serving.bundle import read_card
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.evaluation import (
    calibrate_bundle,
    count_misread,
    evaluate_reader,
    find_known_region,
    fold_text,
    iterate_crops,
    keep_fitting,
    name_data,
    predict_plates,
    record_accuracy,
    select_split,
    set_floor,
)
from lpr_core.serving.reader import BATCH_SIZE, Reader
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle


@pytest.fixture
def bundle_dir(tmp_path):
    return write_tiny_bundle(tmp_path / "tiny")


def write_plates(folder, rows, plate_format=SEVEN):
    """Write pictures of what is shown and a manifest of what is said to be shown; read it."""
    folder.mkdir(exist_ok=True)
    table = []
    for index, (shown, said, region, split) in enumerate(rows):
        Image.fromarray(draw_tiny_plate(shown)).save(folder / f"{index}.png")
        table.append((f"{index}.png", said, region, split))
    columns = ["image_path", "plate_text", "plate_region", "split"]
    pd.DataFrame(table, columns=columns).to_csv(folder / "manifest.csv", index=False)
    return read_manifest(folder / "manifest.csv", plate_format)


ROWS = [
    ("ABC1234", "ABC1234", "br", "test"),
    ("XYZ9876", "XYZ-9876", "br", "test"),
    ("XYZ9875", "XYZ9876", "br", "train"),  # one character is wrong
    ("QP01234", "QPO1234", "br", "test"),  # the letter O is read, the label has it as well
    ("1ABC234", "1ABC234", "us-nd", "test"),
    ("1111111", "9ABC999", "", "test"),  # all characters are wrong
]


@pytest.fixture
def frame(tmp_path):
    return write_plates(tmp_path / "plates", ROWS)


def test_report_counts_plates_and_characters_by_region(bundle_dir, frame):
    reader = Reader.load(bundle_dir)
    report = evaluate_reader(reader, frame)
    assert (report["count"], report["plate_accuracy"]) == (6, pytest.approx(4 / 6))
    assert report["character_accuracy"] == pytest.approx(34 / 42)
    assert report["reader_version"] == reader.version
    assert report["region_known"] is False
    assert report["seconds"] > 0
    counts = {
        region: (scores["count"], scores["plate_accuracy"], scores["character_accuracy"])
        for region, scores in report["by_region"].items()
    }
    assert counts == {
        "br": (4, 0.75, pytest.approx(27 / 28)),
        "unknown": (1, 0.0, 0.0),
        "us-nd": (1, 1.0, 1.0),
    }


def test_report_says_in_which_ways_plates_were_misread(bundle_dir, frame):
    report = evaluate_reader(Reader.load(bundle_dir), frame)
    kinds = {name: kind for name, kind in report["misread_kinds"].items() if kind["count"]}
    assert kinds == {
        "one symbol": {"count": 1, "sure": 1, "unreadable": 0},
        "several": {"count": 1, "sure": 1, "unreadable": 0},
    }
    assert report["confused"] == [["6", "5", 1]]


def test_confusions_are_counted_most_frequent_first():
    misread = count_misread(["AB8", "8B8", "XYZ"], ["ABB", "BB8", "XY"])
    assert misread == [["8", "B", 2]]
    assert count_misread([], []) == []
    assert len(count_misread(["0123456789AB"], ["XXXXXXXXXXXX"])) == 10


def test_every_region_has_the_same_keys_and_json_keeps_all(bundle_dir, frame):
    report = evaluate_reader(Reader.load(bundle_dir), frame)
    expected = {
        "count",
        "plate_accuracy",
        "plate_accuracy_interval",
        "character_accuracy",
        "character_accuracy_interval",
        "mean_edit_distance",
        "expected_calibration_error",
        "sure_share",
        "wrong_when_sure",
        "wrong_when_sure_interval",
    }
    assert all(set(scores) == expected for scores in report["by_region"].values())
    own = {"reader_version", "region_known", "seconds", "misread", "left_out", "not_fitting"}
    own |= {"by_region", "by_length", "by_rows", "confused", "misread_kinds"}
    assert set(report) == expected | own
    assert json.loads(json.dumps(report)) == report


MIXED = [
    ("ABC1234", "ABC1234", "br", ""),
    ("ABC1234", "M\u00dcK1234", "de", ""),  # a symbol that the reader does not have
    ("ABC1234", "AB 12", "gb", ""),  # a length that it does not have
    ("ABC1234", "ABC12?4", "br", ""),  # nobody knows what is right
    ("XYZ9876", "QQQ9876", "br", ""),
]


def test_labels_that_a_reader_cannot_say_count_as_misread(bundle_dir, tmp_path):
    frame = write_plates(tmp_path / "mixed", MIXED, plate_format=None)
    report = evaluate_reader(Reader.load(bundle_dir), frame.assign(rows=["1", "1", "2", "1", ""]))
    assert (report["count"], report["left_out"], report["not_fitting"]) == (4, 1, 2)
    assert report["plate_accuracy"] == 0.25
    lengths = {name: scores["plate_accuracy"] for name, scores in report["by_length"].items()}
    assert lengths == {"4": 0, "7": pytest.approx(1 / 3)}
    rows = {name: scores["count"] for name, scores in report["by_rows"].items()}
    assert rows == {"1": 2, "2": 1, "unknown": 1}
    assert (report["sure_share"], report["wrong_when_sure"]) == (1.0, 0.75)
    low, high = report["wrong_when_sure_interval"]
    assert 0.25 < low < 0.75 < high < 1


def test_nothing_told_surely_is_no_share_of_wrong(bundle_dir, tmp_path):
    frame = write_plates(tmp_path / "doubt", [("ABC1234", "ABC1234", "br", "")])
    Image.fromarray(draw_tiny_plate("ABC1234", range(7))).save(frame["image_path"][0])
    report = evaluate_reader(Reader.load(bundle_dir), frame)
    assert (report["sure_share"], report["wrong_when_sure"]) == (0.0, None)
    assert report["wrong_when_sure_interval"] is None


def test_only_labels_that_fit_are_fitted_on(tmp_path):
    frame = write_plates(tmp_path / "mixed", MIXED, plate_format=None)
    assert list(keep_fitting(frame, SEVEN)["plate_text"]) == ["ABC1234", "QQQ9876"]
    with pytest.raises(ValueError, match=r"labels of the format 'seven'\. Received: 2 others"):
        keep_fitting(frame[1:3], SEVEN)


def test_a_floor_is_measured_on_labels_of_any_kind(bundle_dir, tmp_path):
    frame = write_plates(tmp_path / "mixed", MIXED, plate_format=None)
    assert set_floor(bundle_dir, frame, "mixed").floor.num_plates == 4


def test_calibration_error_of_sure_mistakes_is_large(bundle_dir, tmp_path):
    wrong = write_plates(tmp_path / "wrong", [("ABC1234", "XYZ9876", "br", "")])
    right = write_plates(tmp_path / "right", [("ABC1234", "ABC1234", "br", "")])
    reader = Reader.load(bundle_dir)
    assert evaluate_reader(reader, wrong)["expected_calibration_error"] > 0.9
    assert evaluate_reader(reader, right)["expected_calibration_error"] < 0.1


def test_known_region_is_told_to_the_reader(bundle_dir, tmp_path):
    Image.fromarray(draw_tiny_plate("9BC1234", doubtful={0})).save(tmp_path / "a.png")
    (tmp_path / "m.csv").write_text("image_path,plate_text,plate_region\na.png,ABC1234,br\n")
    reader, frame = Reader.load(bundle_dir), read_manifest(tmp_path / "m.csv", SEVEN)
    told = evaluate_reader(reader, frame, region_known=True)
    assert (told["plate_accuracy"], told["region_known"]) == (1.0, True)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("br", "br"),
        ("us-ca", "us-ca"),
        ("us-zz", "us"),
        ("us", "us"),
        ("eu", "eu"),
        ("zz", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_region_falls_back_to_its_family(region, expected):
    assert find_known_region(region) == expected


@pytest.mark.parametrize(
    ("text", "plate_format", "expected"),
    [
        ("abO-1234", SEVEN, "AB01234"),
        ("O0", PlateFormat(name="both", slots=3, alphabet="_0O", pad="_"), "00"),
        ("", PlateFormat(name="pads", slots=3, alphabet="_0O", pad="_"), ""),
    ],
)
def test_texts_are_folded(text, plate_format, expected):
    assert fold_text(text, plate_format) == expected


def test_box_is_cut_out(bundle_dir, tmp_path):
    plate = draw_tiny_plate("ABC1234")
    height, width, _ = plate.shape
    photo = np.full((height + 30, width + 40, 3), 200, np.uint8)
    photo[10 : 10 + height, 15 : 15 + width] = plate
    Image.fromarray(photo).save(tmp_path / "photo.png")
    (tmp_path / "m.csv").write_text(
        f"image_path,plate_text,x,y,width,height\nphoto.png,ABC1234,15,10,{width},{height}\n"
    )
    frame = read_manifest(tmp_path / "m.csv", SEVEN)
    assert evaluate_reader(Reader.load(bundle_dir), frame)["plate_accuracy"] == 1.0


def test_split_is_selected(frame):
    assert len(select_split(frame, None)) == 6
    assert list(select_split(frame, "train")["plate_text"]) == ["XYZ9876"]
    with pytest.raises(ValueError, match=r"one of test, train\. Received: validation"):
        select_split(frame, "validation")


def test_no_plates_are_refused(bundle_dir, frame):
    with pytest.raises(ValueError, match="at least one plate"):
        predict_plates(Reader.load(bundle_dir), frame.head(0))


def test_broken_picture_is_named(bundle_dir, frame, tmp_path):
    (tmp_path / "plates" / "2.png").write_bytes(b"broken")
    with pytest.raises(PictureError, match=r"2\.png"):
        evaluate_reader(Reader.load(bundle_dir), frame)


def test_crops_come_in_chunks(frame):
    many = pd.concat([frame] * 12, ignore_index=True)  # 72 rows
    assert [len(chunk) for chunk in iterate_crops(many)] == [BATCH_SIZE, BATCH_SIZE, 8]


def test_calibration_is_fitted_and_kept(bundle_dir, frame):
    before = read_card(bundle_dir)
    returned = calibrate_bundle(bundle_dir, frame, "plates/test")
    after = read_card(bundle_dir)
    calibration, floor = after.calibration, after.floor
    provenance = {"calibrated_on": "plates/test"}
    update = {"calibration": calibration, "provenance": provenance, "floor": floor}
    assert after == returned == before.model_copy(update=update)
    assert calibration.num_plates == 6
    assert calibration.temperature > 1  # sure of two wrong plates
    assert (floor.measured_on, floor.num_plates) == ("plates/test", 6)
    # The fit starts from the model's own answers, so it can be repeated.
    again = calibrate_bundle(bundle_dir, frame, "again").calibration
    assert again == calibration != Calibration()


def test_a_floor_alone_is_measured_and_kept(bundle_dir, tmp_path):
    """Two sure mistakes; the plates that are right are surer still, or cannot be told apart."""
    wrong = write_plates(tmp_path / "wrong", [("ABC1234", "XYZ9876", "br", "")] * 2)
    before = read_card(bundle_dir)
    card = set_floor(bundle_dir, wrong, "wrong/validation")
    assert card == read_card(bundle_dir) == before.model_copy(update={"floor": card.floor})
    confidence = Reader.load(bundle_dir).read(draw_tiny_plate("ABC1234")).confidence
    assert card.floor.readable_from == (confidence + 1) / 2
    assert (card.floor.num_below, card.floor.num_right_below) == (2, 0)
    assert not Reader.load(bundle_dir).read(draw_tiny_plate("ABC1234")).is_readable


@pytest.mark.parametrize(("split", "expected"), [("test", "plates/test"), (None, "plates")])
def test_data_is_named_by_its_folder(tmp_path, split, expected):
    assert name_data(tmp_path / "plates" / "manifest.csv", split) == expected


def test_accuracy_is_kept_by_the_name_of_the_data(bundle_dir, frame):
    report = evaluate_reader(Reader.load(bundle_dir), frame)
    record_accuracy(bundle_dir, "plates/test", report)
    record_accuracy(bundle_dir, "other", report)
    assert read_card(bundle_dir).accuracy == {"plates/test": report, "other": report}
    assert Reader.load(bundle_dir).card.accuracy["other"]["count"] == 6
