from typing import Any

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.study.folder import results
from lpr_core.study.running import runner
from lpr_core.study.running.ledger import StudyProgress
from lpr_core.study.running.plan import StudyRequest
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant

VARIANTS = [Variant("none", {"transfer": "none"}, 0.9), Variant("frozen", {"transfer": "f"}, 0.8)]


def call(*arguments):
    return CliRunner().invoke(app, ["study", *arguments])


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setattr(results, "SHIPPED_DIR", tmp_path / "shipped")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def asked(monkeypatch):
    """What `run_study` was asked for; it tells of one failure."""
    calls: list[Any] = []

    def run_study(request, folder, on_progress):
        calls.append((request, folder))
        on_progress(StudyProgress(0, 2))
        on_progress(StudyProgress(1, 2, {"none seed 1": "lost"}, {"none seed 0": 0.5}, 61.0))
        return StudyProgress(1, 2, {"none seed 1": "lost"} if request.jobs > 1 else {})

    monkeypatch.setattr(runner, "run_study", run_study)
    return calls


def test_options_are_passed_on(asked, tmp_path):
    arguments = ["--preset", "smoke", "--manifest", "m.csv", "--out", "folder", "--seeds", "3"]
    arguments += ["--jobs", "2", "--backbone", "compact", "--weights", "w.h5"]
    arguments += ["--log", "mlflow", "--only", "none", "--only", "frozen", "--keep-weights"]
    result = call("run", "noise", *arguments)
    request, folder = asked[0]
    assert str(folder) == "folder"
    assert request == StudyRequest(
        design="noise",
        preset="smoke",
        manifest=request.manifest,
        num_seeds=3,
        jobs=2,
        backbone="compact",
        weights="w.h5",
        only=("none", "frozen"),
        trackers=("mlflow",),
        keeps_weights=True,
    )
    assert str(request.manifest) == "m.csv"
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["Study folder: folder", "1 of 2 runs are finished."]
    assert result.stderr.splitlines()[-1] == "none seed 1 failed: lost"


def test_a_study_is_named_as_its_design_by_default(asked, tmp_path):
    result = call("run", "hypotheses")
    assert result.exit_code == 0
    assert asked == [(StudyRequest("hypotheses"), tmp_path / "user" / "studies" / "hypotheses")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "hypotheses", "--preset", "big"], "The presets are account, laptop, smoke."),
        (["run", "hypotheses", "--log", "wandb"], "Runs can be written to tensorboard, mlflow."),
        (["run", "hypotheses", "--manifest", "no.csv"], "no.csv: No such file or directory"),
        (["status", "nothing"], "There is no study 'nothing'. Studies: none yet."),
    ],
)
def test_mistakes_are_one_sentence(arguments, sentence):
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith(f"lpr: {sentence}")


def test_studies_are_listed(tmp_path):
    assert call("list").stdout == ""
    plant_study(tmp_path / "user" / "studies" / "mine", variants=VARIANTS, seeds=[0], num_plates=4)
    plant_study(
        tmp_path / "shipped" / "studies" / "theirs",
        variants=VARIANTS,
        seeds=[0],
        num_plates=4,
        missing=[("none", 0)],
    )
    lines = [line.split()[:3] for line in call("list").stdout.splitlines()]
    assert lines == [["mine", "complete", "laptop"], ["theirs", "partial", "laptop"]]


def test_status_tells_what_is_missing_and_why(tmp_path):
    plant_study(
        tmp_path / "user" / "studies" / "mine",
        variants=VARIANTS,
        seeds=[0, 1],
        num_plates=4,
        missing=[("none", 1)],
        failed=[("frozen", 0)],
    )
    lines = call("status", "mine").stdout.splitlines()
    assert lines[0] == "mine: Do transfer learning and augmentation help to read plates?"
    assert lines[1] == "planted plates; laptop, 2 seeds"
    assert [line.split() for line in lines[2:4]] == [
        ["none", "1", "finished,", "1", "missing"],
        ["frozen", "1", "failed,", "1", "finished"],
    ]
    assert lines[4].strip().startswith("frozen seed 0 failed: The loss")
