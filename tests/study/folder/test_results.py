import json

import numpy as np
import pandas as pd
import pytest

from lpr_core.study.folder import results
from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder, find_study, list_studies, summarize_study
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant

VARIANTS = [
    Variant("none", {"transfer": "none", "noise": 0.0}, 0.4, label="From scratch"),
    Variant("frozen+noise", {"transfer": "frozen", "noise": 0.1}, 0.9),
]


def plant(path, **options):
    options = {"variants": VARIANTS, "seeds": range(2), "num_plates": 12, **options}
    return StudyFolder(plant_study(path, **options))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study in which one run failed and one was never begun; read only."""
    path = tmp_path_factory.mktemp("studies") / "planted"
    return plant(path, missing=[("none", 1)], failed=[("frozen+noise", 1)])


def test_the_record_is_read(study):
    record = study.read_study()
    assert (record.design, record.metric, record.seeds) == (
        "hypotheses",
        "character_accuracy",
        (0, 1),
    )
    assert record.variants[0].label == "From scratch"
    assert record.usable_character_accuracy == 0.9


def test_the_record_is_written_as_it_was_read(study, tmp_path):
    record = study.read_study()
    record.write(tmp_path)
    written = json.loads((tmp_path / "study.json").read_text())
    assert written == {**json.loads((study.path / "study.json").read_text()), "weights": ""}
    assert StudyFolder(tmp_path).read_study() == record


def test_other_words_for_the_variants_make_no_other_study(study):
    record = study.read_study()
    renamed = [variant.model_copy(update={"label": "Other words"}) for variant in record.variants]
    assert record.list_differences(record.model_copy(update={"variants": tuple(renamed)})) == []
    fewer = record.model_copy(update={"variants": record.variants[:1]})
    assert record.list_differences(fewer) == ["the variants"]


def test_runs_are_listed_with_state_and_factors(study):
    runs = study.runs()
    columns = ["variant", "seed", "state", "transfer", "noise"]
    assert runs[columns].values.tolist() == [
        ["none", 0, "finished", "none", 0.0],
        ["frozen+noise", 0, "finished", "frozen", 0.1],
        ["none", 1, "missing", "none", 0.0],
        ["frozen+noise", 1, "failed", "frozen", 0.1],
    ]
    assert runs["reason"].iloc[3].startswith("The loss")
    assert runs["path"].iloc[0] == str(study.path / "runs" / "none" / "seed-0")


def test_a_run_that_was_not_measured_is_not_done(tmp_path):
    study = plant(tmp_path / "s")
    (study.run("none", 0).path / "noisy_predictions.csv.gz").unlink()
    (study.run("none", 1).path / "state.json").write_text("{")
    assert not study.is_done("none", 0)
    states = study.runs().set_index(["variant", "seed"])["state"]
    assert (states["none", 0], states["none", 1]) == ("started", "damaged")


def test_predictions_keep_their_texts_and_name_their_plates(study):
    table = study.predictions("frozen+noise", 0)
    assert list(table["plate"]) == list(range(12))
    assert list(table["truth"]) == list(study.plates()["truth"])
    noisy = study.noisy_predictions("frozen+noise", 0)
    assert set(noisy.columns) == {"strength", "plate", "text", "confidence"}
    clean = noisy[noisy["strength"] == 0]
    assert list(clean["text"]) == list(table["text"])


def test_noisy_predictions_are_written_equal_and_read_back(tmp_path):
    study = plant(tmp_path / "s")
    table = pd.DataFrame(
        {
            "strength": [0.0, 0.1],
            "plate": [0, 0],
            "text": ["0012345", "NAN"],
            "confidence": [1, 0.5],
        }
    )
    path = study.run("none", 0).path / "noisy_predictions.csv.gz"
    study.write_noisy_predictions("none", 0, table)
    content = path.read_bytes()
    study.write_noisy_predictions("none", 0, table)
    assert path.read_bytes() == content
    pd.testing.assert_frame_equal(study.noisy_predictions("none", 0), table, check_dtype=False)


def test_histories_of_all_runs_are_one_table(study):
    table = study.histories()
    assert list(table.columns[:3]) == ["variant", "seed", "epoch"]
    assert table.groupby(["variant", "seed"], sort=False).size().to_dict() == {
        ("none", 0): 5,
        ("frozen+noise", 0): 5,
    }


def test_histories_before_the_first_epoch(tmp_path):
    study = plant(tmp_path / "s", missing=[(v.name, s) for v in VARIANTS for s in range(2)])
    assert list(study.histories().columns) == ["variant", "seed"]


def test_pictures_are_found(study):
    assert study.picture_path(3) == study.path / "pictures" / "3.jpg"
    assert study.picture_path(12) is None


@pytest.fixture
def borrower(tmp_path):
    """A study without pictures beside one that has them."""
    plant(tmp_path / "lender", seeds=[0])
    study = plant(tmp_path / "borrower", seeds=[0], pictures=False)
    assert not (study.path / "pictures").exists()
    return study


def change_record(study, **changes):
    record = study.read_study()
    record.model_copy(update={"data": record.data.model_copy(update=changes)}).write(study.path)


def test_pictures_are_borrowed_of_a_study_of_the_same_plates(borrower):
    lender = borrower.path.parent / "lender"
    assert borrower.picture_path(3) == lender / "pictures" / "3.jpg"
    assert borrower.picture_path(12) is None


def test_no_pictures_of_other_plates_are_borrowed(borrower):
    change_record(borrower, fingerprint="1" * 64)
    assert borrower.picture_path(3) is None


def test_no_pictures_of_plates_in_another_order_are_borrowed(borrower):
    borrower.write_plates(borrower.plates().iloc[::-1])
    assert borrower.picture_path(3) is None


@pytest.mark.parametrize("name", ["study.json", "plates.csv"])
def test_a_damaged_study_lends_no_pictures(borrower, name):
    (borrower.path.parent / "lender" / name).write_text("{")
    assert borrower.picture_path(3) is None


def test_answers_and_diagnosis_are_kept(tmp_path):
    study = StudyFolder(tmp_path)
    assert (study.read_answers(), study.read_diagnosis()) == ({}, {})
    study.write_answers({"verdicts": []})
    study.write_diagnosis({"summary": "Nobody."})
    assert study.read_answers() == {"verdicts": []}
    assert study.read_diagnosis() == {"summary": "Nobody."}


def test_the_fingerprint_follows_the_predictions_alone(tmp_path):
    study, twin = plant(tmp_path / "a"), plant(tmp_path / "b")
    assert study.fingerprint() == twin.fingerprint()
    twin.write_answers({"any": 1})
    assert study.fingerprint() == twin.fingerprint()
    twin.write_noisy_predictions("none", 0, study.noisy_predictions("none", 1))
    assert study.fingerprint() != twin.fingerprint()


def test_correctness_compares_characters(study):
    outcome = correctness(study)
    assert set(outcome.correct) == {("none", 0), ("frozen+noise", 0)}
    table = study.predictions("none", 0)
    expected = [
        [a == b for a, b in zip(truth, text, strict=True)]
        for truth, text in zip(table["truth"], table["text"], strict=True)
    ]
    np.testing.assert_array_equal(outcome.correct["none", 0], expected)
    assert list(outcome.truth) == list(study.plates()["truth"])
    scores = outcome.character_accuracy.set_index("variant")["character_accuracy"]
    assert scores["none"] == np.mean(expected) < scores["frozen+noise"]


def test_correctness_knows_which_plates_a_fold_asked(tmp_path):
    study = plant(tmp_path / "s")
    run = study.run("none", 0)
    table = run.read_predictions().iloc[4:7]
    table.insert(0, "plate", [4, 5, 6])
    run.write_predictions(table)
    outcome = correctness(study)
    assert list(outcome.plates["none", 0]) == [4, 5, 6]
    assert outcome.correct["none", 0].shape == (3, 7)
    assert list(outcome.plates["none", 1]) == list(range(12))


def test_studies_are_listed_newest_first(tmp_path):
    plant(tmp_path / "whole")
    plant(tmp_path / "part", missing=[("none", 1)], failed=[("none", 0)])
    plant(tmp_path / "none", missing=[(v.name, s) for v in VARIANTS for s in range(2)])
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "study.json").write_text("{}")
    (tmp_path / "no study").mkdir()
    found = {study.name: study for study in list_studies(tmp_path)}
    assert {name: study.state for name, study in found.items()} == {
        "whole": "complete",
        "part": "partial",
        "none": "empty",
        "bad": "damaged",
    }
    part = found["part"]
    assert (part.runs_done, part.runs_failed, part.runs_total) == (2, 1, 4)
    assert part.reason == "2 of 4 runs are finished, 1 failed."
    assert found["bad"].reason.startswith("The study cannot be read: ")
    assert list(found)[-1] == "bad"  # nobody knows when it was made


def test_a_folder_without_a_study_is_damaged(tmp_path):
    assert summarize_study(tmp_path).state == "damaged"


def test_a_study_is_found_by_name_and_by_path(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setattr(results, "SHIPPED_DIR", tmp_path / "shipped")
    shipped = plant(tmp_path / "shipped" / "studies" / "one")
    assert find_study("one") == shipped
    assert find_study(str(shipped.path)) == shipped
    own = plant(tmp_path / "user" / "studies" / "one")
    assert find_study("one") == own
    with pytest.raises(FileNotFoundError, match=r"no study 'two'\. Studies: one, one\."):
        find_study("two")
