"""Uploaded studies and runs: a good zip becomes a study, a bad one leaves nothing behind."""

import io
import json
import shutil
import zipfile

import pytest

from app.study_intake import take_in_zip
from app.study_zip import ZipRefusedError
from lpr_core.places import studies_dir
from lpr_core.study.results import StudyFolder, correctness, summarize_study
from tests.planted_study import Variant, plant_study

VARIANTS = [
    Variant("none", {"transfer": "none", "noise": 0.0}, 0.9, label="From scratch"),
    Variant("none+noise", {"transfer": "none", "noise": 0.1}, 0.8, label="Noisy"),
]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted") / "mine"
    return plant_study(folder, variants=VARIANTS, seeds=range(2), num_plates=8, epochs=2)


@pytest.fixture
def study(planted, tmp_path):
    return shutil.copytree(planted, tmp_path / "mine")


def zip_folder(folder, top: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, top + path.relative_to(folder).as_posix())
    return content.getvalue()


def list_home() -> list[str]:
    return sorted(path.name for path in studies_dir().iterdir())


def test_a_zipped_study_becomes_one_of_the_user(study):
    path = take_in_zip(zip_folder(study, "mine/"), "my study (1).zip")
    assert path == studies_dir() / "my-study-1"
    assert summarize_study(path).state == "complete"
    assert StudyFolder(path).fingerprint() == StudyFolder(study).fingerprint()
    assert list_home() == ["my-study-1"]


def test_a_name_that_is_taken_gets_a_number(study):
    content = zip_folder(study)
    names = [take_in_zip(content, "../../mine.zip").name for _ in range(2)]
    assert names == ["mine", "mine-2"]


def test_run_folders_become_a_study(study):
    shutil.move(study / "runs" / "none" / "seed-0", study / "first")
    shutil.move(study / "runs" / "none+noise" / "seed-0", study / "second")
    shutil.rmtree(study / "runs")
    for path in (study / "first", study / "second"):
        (path / "noisy_predictions.csv.gz").unlink()
    (study / "study.json").unlink()
    truth = list(StudyFolder(study).plates()["truth"])
    path = take_in_zip(zip_folder(study), "runs.zip")
    record = StudyFolder(path).read_study()
    assert [(v.name, v.label) for v in record.variants] == [
        ("none", "From scratch"),
        ("none+noise-0.1", "From scratch, noise 0.1"),
    ]
    assert (record.name, record.preset, record.design) == ("runs", "own", "hypotheses")
    assert summarize_study(path).state == "complete"
    outcome = correctness(StudyFolder(path))
    assert list(outcome.truth) == truth
    assert set(outcome.correct) == {("none", 0), ("none+noise-0.1", 0)}
    assert list(StudyFolder(path).noisy_predictions("none", 0)["strength"].unique()) == [0.0]


def test_runs_of_one_variant_and_seed_are_told_apart(study):
    for variant in ("none", "none+noise"):
        for seed in (0, 1):
            path = study / "runs" / variant / f"seed-{seed}" / "config.json"
            record = json.loads(path.read_text())
            record["config"].update(seed=0, noise_strength=0.0)
            path.write_text(json.dumps(record))
    (study / "study.json").unlink()
    record = StudyFolder(take_in_zip(zip_folder(study), "runs.zip")).read_study()
    assert [variant.name for variant in record.variants] == ["none"]
    assert record.seeds == (0, 1, 2, 3)


def damage_record(study):
    (study / "study.json").write_text("{")


def name_a_folder_elsewhere(study):
    record = json.loads((study / "study.json").read_text())
    record["variants"][0]["name"] = "../../elsewhere"
    (study / "study.json").write_text(json.dumps(record))


def leave_no_finished_run(study):
    (study / "study.json").unlink()
    for path in study.rglob("state.json"):
        path.write_text('{"state": "started"}')


def read_other_plates(study):
    (study / "study.json").unlink()
    other = StudyFolder(study).run("none+noise", 1)
    table = other.read_predictions()
    other.write_predictions(table.assign(truth=table["truth"].str[::-1]))


def lose_a_configuration(study):
    (study / "study.json").unlink()
    (study / "runs" / "none" / "seed-0" / "config.json").unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_record, "study.json cannot be read"),
        (name_a_folder_elsewhere, "no folder name"),
        (leave_no_finished_run, "None of its 4 runs is finished"),
        (read_other_plates, "different validation plates"),
        (lose_a_configuration, "A run's files cannot be read"),
    ],
)
def test_what_is_no_study_is_refused_and_leaves_nothing(study, damage, words):
    damage(study)
    with pytest.raises(ZipRefusedError, match=words) as caught:
        take_in_zip(zip_folder(study), "mine.zip")
    assert "\n" not in str(caught.value)
    assert list_home() == []
