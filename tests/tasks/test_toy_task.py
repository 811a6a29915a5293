"""A task in one file outside the package: trained, studied, judged and shown like ours."""

import re
import sys

import cv2
import numpy as np
import pandas as pd
import pytest
import streamlit
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.report import write_report
from lpr_core.study.designs import Asked, Axis, Design, Variant, discovery
from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.running.plan import StudyRequest
from lpr_core.study.running.runner import run_study
from lpr_core.tasks import find_task, task_names
from lpr_core.tasks import task as task_module
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import RunFolder, list_runs
from tests.kit.dashboard_kit import open_page, said, sit_at_the_machine
from tests.kit.study_kit import tiny_studies

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
TOY = "tests.kit.toy_task"
OURS = ("condition", "finding", "reading", "refining")


def _vary(_base, _weights, _backbone):
    for noise in (0.0, 0.5):
        yield Variant(
            f"noise-{noise:g}",
            f"Noise {noise:g}",
            {"noise": noise, "transfer": "none"},
            {"network": {"weights": "none"}, "noise_strength": noise},
        )


DESIGN = Design(
    name="toy-brightness",
    question="Does noise hide how bright a picture is?",
    heading="Does noise hide brightness?",
    about="With noise and without.",
    vary=_vary,
    asked=Asked(base_levels={"noise": 0.0}),
    axis=Axis("noise", "transfer", "Noise of the toy"),
    task=TOY,
)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    rows = []
    for index in range(40):
        label = ("dark", "bright")[index % 2]
        level = 40 if label == "dark" else 215
        picture = rng.integers(level - 30, level + 30, (16, 48, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{index}.png"), picture)
        rows.append((f"{index}.png", label, "train" if index < 24 else "validation"))
    path = folder / "manifest.csv"
    pd.DataFrame(rows, columns=["image_path", "label", "split"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def known():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discovery, "_load_foreign", lambda: iter([DESIGN]))
        discovery._load_designs.cache_clear()
        yield
    discovery._load_designs.cache_clear()


@pytest.fixture(scope="module")
def home(offered, known, manifest, tmp_path_factory):
    """The user's folder with a study of the toy, trained and judged."""
    home = tmp_path_factory.mktemp("home")
    request = StudyRequest("toy-brightness", "tiny", manifest, num_seeds=2)
    with tiny_studies():
        progress = run_study(request, home / "studies" / "toy")
    assert (progress.done, progress.failures) == (4, {})
    return home


@pytest.fixture(scope="module", autouse=True)
def offered():
    """The toy as an installed package offers it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_module, "_list_offered", lambda _: {TOY: TOY})
        yield


def test_nothing_is_imported_for_a_name_that_a_stranger_wrote(monkeypatch):
    monkeypatch.delitem(sys.modules, "tests.kit.page_kit", raising=False)
    for name in ("tests.kit.page_kit", "idlelib.idle", "reading.task", ""):
        known = rf"The tasks are {', '.join(OURS)}, {re.escape(TOY)}\."
        with pytest.raises(ValueError, match=known):
            find_task(name)
    assert not {"tests.kit.page_kit", "idlelib.idle"} & set(sys.modules)


def test_tasks_are_found_by_name():
    assert task_names() == OURS
    assert find_task("reading").words.unit == "plate"
    assert find_task(TOY).words.unit == "picture"


def test_it_is_trained_from_the_command_line(manifest, tmp_path):
    arguments = ["train", "--manifest", str(manifest), "--run-dir", str(tmp_path / "run")]
    arguments += ["--set", f"network.task={TOY}", "--set", "network.backbone=compact"]
    arguments += ["--set", "network.height=16", "--set", "network.width=48"]
    arguments += ["--set", "epochs=2", "--set", "batch_size=4", "--set", "learning_rate=0.01"]
    with tiny_studies():
        result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    assert "Validation pictures told right: " in result.stdout
    run = RunFolder(tmp_path / "run")
    assert run.read_metrics()["count"] == 16
    assert list(run.read_history()) == [
        *("epoch", "loss", "picture_accuracy", "val_loss", "val_picture_accuracy"),
        *("learning_rate", "seconds"),
    ]
    assert list(list_runs(tmp_path)["task"]) == [TOY]


def test_a_monitor_must_be_a_score_of_the_task():
    with pytest.raises(ValueError, match="val_loss, val_picture_accuracy"):
        TrainingConfig(manifest="a.csv", network={"task": TOY}, monitor="val_plate_accuracy")


def test_it_is_studied_and_judged(home):
    folder = StudyFolder(home / "studies" / "toy")
    assert summarize_study(folder.path).state == "complete"
    assert (folder.read_study().task, folder.read_study().metric) == (TOY, "picture_accuracy")
    right = correctness(folder).correct["noise-0", 0]
    assert right.shape == (16, 1)
    report = write_report(folder)
    assert [finding.label for finding in report.answers.findings] == ["Noise 0.5"]
    assert "Does noise hide how bright a picture is?" in report.html_path.read_text()
    assert "Noise 0.5 against Noise 0: " in report.markdown_path.read_text()


def test_it_is_shown_on_its_page(home, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(home))
    sit_at_the_machine(monkeypatch)
    streamlit.cache_data.clear()
    page = open_page("more")
    assert "Does noise hide brightness?" in [title.value for title in page.subheader]
    assert "Noise 0.5 against Noise 0: " in said(page)
