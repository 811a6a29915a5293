"""Uploaded studies and runs: a good zip becomes a study, a bad one leaves nothing behind."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from lpr_core.places import studies_dir
from lpr_core.report import write_report
from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.intake.take_in import take_in
from lpr_core.study.intake.unpack import StudyRefusedError
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant

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


def take_in_zip(content: bytes, file_name: str):
    return take_in(io.BytesIO(content), Path(file_name).stem)


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


def change_configs(study, **settings) -> None:
    """Make single runs of a study's, with settings by the variants' names."""
    (study / "study.json").unlink()
    for path in study.glob("runs/*/*/config.json"):
        record = json.loads(path.read_text())
        variant, _, seed = path.parent.relative_to(study / "runs").as_posix().rpartition("/seed-")
        record["config"].update(settings[variant.replace("+", "_")](int(seed)))
        path.write_text(json.dumps(record))


def test_runs_of_other_settings_are_no_seeds_of_each_other(study):
    rates = {"none": lambda seed: {"seed": 0, "learning_rate": 0.001 * 2**seed, "workers": seed}}
    change_configs(study, none_noise=lambda seed: {"manifest": f"/{seed}"}, **rates)
    folder = StudyFolder(take_in_zip(zip_folder(study), "runs.zip"))
    record = folder.read_study()
    assert [(variant.name, variant.label) for variant in record.variants] == [
        ("none+learning-rate-0.001", "From scratch, learning rate 0.001"),
        ("none+learning-rate-0.002", "From scratch, learning rate 0.002"),
        ("none+noise-0.1+learning-rate-none", "From scratch, noise 0.1, learning rate none"),
    ]
    assert (record.design, record.seeds) == ("trainings", (0, 1))
    assert "single trainings" in record.data.description
    assert sorted(correctness(folder).correct) == [
        ("none+learning-rate-0.001", 0),
        ("none+learning-rate-0.002", 0),
        ("none+noise-0.1+learning-rate-none", 0),
        ("none+noise-0.1+learning-rate-none", 1),
    ]


def test_runs_of_two_noise_strengths_are_compared_but_no_hypothesis_is_judged(study):
    noises = {"none_noise": lambda seed: {"noise_strength": (0.05, 0.1)[seed]}}
    change_configs(study, none=lambda seed: {}, **noises)
    folder = StudyFolder(take_in_zip(zip_folder(study), "runs.zip"))
    report = write_report(folder)
    assert (report.answers.verdicts, report.answers.facts["design"]) == ((), "trainings")
    assert [finding.label for finding in report.answers.findings] == [
        "From scratch, noise 0.05",
        "From scratch, noise 0.1",
    ]


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


def train_twice(study):
    nothing = {"none": lambda seed: {"seed": 7}, "none_noise": lambda seed: {}}
    change_configs(study, **nothing)


def nest_without_end(study):
    (study / "study.json").unlink()
    deep = 20_000 * "[" + 20_000 * "]"
    (study / "runs" / "none" / "seed-0" / "config.json").write_text(deep)


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
        (train_twice, "runs/none/seed-0 and runs/none/seed-1 have the same .* seed, 7"),
        (nest_without_end, "A run's files cannot be read"),
        (lose_a_configuration, "A run's files cannot be read"),
    ],
)
def test_what_is_no_study_is_refused_and_leaves_nothing(study, damage, words):
    damage(study)
    with pytest.raises(StudyRefusedError, match=words) as caught:
        take_in_zip(zip_folder(study), "mine.zip")
    assert "\n" not in str(caught.value)
    assert list_home() == []
