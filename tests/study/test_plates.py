import itertools
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest

from lpr_core.study.designs import NUM_FOLDS, PlateChoice
from lpr_core.study.plates import (
    choose_plates,
    describe_plates,
    draw_plates,
    find_asked_rows,
    list_asked_plates,
    read_plates,
    tabulate_plates,
    write_pictures,
)
from lpr_core.study.presets import DrawnPlates
from lpr_core.tasks.reading import ReadingConfig
from tests.kit.training_kit import make_reading_config, write_plates

NETWORK = make_reading_config()
ORDER = DrawnPlates("br", 6, 3, seed=4)


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    return read_plates(write_plates(tmp_path_factory.mktemp("plates")), NETWORK)


def frame_of(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"plate_text": texts})


def test_plates_are_drawn_once_and_shared(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path))
    drawn = draw_plates(ORDER, ReadingConfig(), jobs=1)
    assert drawn.manifest_path.is_relative_to(tmp_path)
    assert list(drawn.frame["split"]) == ["train"] * 6 + ["validation"] * 3
    assert (drawn.kind, drawn.description) == ("drawn", "drawn plates, br, severity 0 to 0.3")

    monkeypatch.setattr("lpr_core.synthesis.generate_plates", None)
    again = draw_plates(ORDER, ReadingConfig())
    pd.testing.assert_frame_equal(again.frame, drawn.frame)


def test_states_of_one_country_are_told_as_one(tmp_path):
    manifest = write_plates(tmp_path)
    frame = pd.read_csv(manifest, dtype=str)
    states = itertools.cycle(["us-ny", "us-tx", "eu"])
    frame.assign(plate_region=list(itertools.islice(states, len(frame)))).to_csv(manifest)
    assert read_plates(manifest, NETWORK).description == "own plates, eu, us"


def test_a_manifest_is_taken_with_its_two_splits(plates):
    assert (len(plates.rows_of("train")), len(plates.rows_of("validation"))) == (24, 10)
    assert (plates.kind, plates.description) == ("own", "own plates, br")


def test_a_manifest_without_validation_plates_is_refused(tmp_path):
    path = write_plates(tmp_path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.assign(split="train").to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"must have plates in the split validation; `lpr data"):
        read_plates(path, NETWORK)


def test_the_record_counts_and_fingerprints(plates):
    record = describe_plates(plates, NETWORK)
    assert (record.train_rows, record.validation_rows, len(record.fingerprint)) == (24, 10, 64)
    assert 0 <= record.baseline["character_accuracy"] < 0.6


def test_smaller_shares_are_parts_of_larger_ones(plates):
    chosen = {
        share: choose_plates(plates, PlateChoice(share=share), seed=1) for share in (0.1, 0.5, 1.0)
    }
    paths = {
        share: set(frame[frame["split"] == "train"]["image_path"])
        for share, frame in chosen.items()
    }
    assert [len(paths[share]) for share in (0.1, 0.5, 1.0)] == [2, 12, 24]
    assert paths[0.1] < paths[0.5] < paths[1.0]
    assert all((frame["split"] == "validation").sum() == 10 for frame in chosen.values())


def test_shares_follow_the_seed(plates):
    half = PlateChoice(share=0.5)
    first, again, other = (choose_plates(plates, half, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert list(first["image_path"]) != list(other["image_path"])


def test_folds_part_the_plates_by_text(plates):
    asked = []
    for fold in range(NUM_FOLDS):
        choice = PlateChoice(fold=fold)
        frame = choose_plates(plates, choice, seed=fold)
        texts = {split: set(rows["plate_text"]) for split, rows in frame.groupby("split")}
        assert not texts["train"] & texts["validation"]
        rows = find_asked_rows(plates, choice)
        validation = frame[frame["split"] == "validation"]
        joined = list_asked_plates(plates, (choice,)).iloc[rows]
        assert list(joined["image_path"]) == list(validation["image_path"])
        asked.extend(rows)
    assert sorted(asked) == list(range(34))


def test_folds_keep_tracks_together(plates):
    tracks = [f"t{row // 3}" if row < 12 else "" for row in range(len(plates.frame))]
    tracked = replace(plates, frame=plates.frame.assign(track=tracks))
    for fold in range(NUM_FOLDS):
        frame = choose_plates(tracked, PlateChoice(fold=fold), seed=0)
        assert frame[frame["track"] != ""].groupby("track")["split"].nunique().max() == 1


def test_asked_plates_are_the_validation_plates_without_folds(plates):
    whole = PlateChoice()
    asked = list_asked_plates(plates, (whole, PlateChoice(share=0.1)))
    pd.testing.assert_frame_equal(asked, plates.rows_of("validation"))
    assert list(find_asked_rows(plates, whole)) == list(range(10))


def test_the_table_of_plates_names_no_folder_of_this_machine(plates):
    table = tabulate_plates(plates, plates.rows_of("validation"))
    assert list(table.columns) == ["plate", "image_path", "truth", "plate_region"]
    assert list(table["image_path"]) == [f"{number}.png" for number in range(24, 34)]
    assert plates.shorten("/somewhere/else/7.png") == "7.png"


def test_pictures_are_small(plates, tmp_path):
    write_pictures(plates.rows_of("validation"), tmp_path)
    assert len(list(tmp_path.glob("*.jpg"))) == 10
    assert cv2.imread(str(tmp_path / "9.jpg")).shape == (48, 144, 3)
    (tmp_path / "9.jpg").write_bytes(b"kept")
    write_pictures(plates.rows_of("validation"), tmp_path)
    assert (tmp_path / "9.jpg").read_bytes() == b"kept"


def test_inputs_stay_as_they_are(plates):
    before = plates.frame.copy()
    choose_plates(plates, PlateChoice(fold=1), seed=0)
    pd.testing.assert_frame_equal(plates.frame, before)
    assert np.array_equal(find_asked_rows(plates, PlateChoice()), np.arange(10))
