"""Runs that another study has done already, with a network of one convolution."""

import json
import shutil

import pytest

from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running import run as run_module
from lpr_core.study.running.plan import StudyRequest
from lpr_core.study.running.runner import run_study
from lpr_core.study.running.twins import ORIGIN, copy_run, find_twin
from tests.kit.study_kit import tiny_studies
from tests.kit.training_kit import write_plates

# h5py hands arrays to NumPy 2 in the old way when Keras writes weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    with tiny_studies():
        yield


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return write_plates(tmp_path_factory.mktemp("plates"))


@pytest.fixture(scope="module")
def trained_once(manifest, tmp_path_factory):
    """A study with a fine-tuned run without noise; read only."""
    path = tmp_path_factory.mktemp("studies") / "hypotheses"
    run_study(ask(manifest, "hypotheses", "fine-tuned"), path)
    return path


@pytest.fixture
def studies(trained_once, tmp_path):
    """A folder of studies; one of them is a copy of the trained one."""
    shutil.copytree(trained_once, tmp_path / "studies" / "hypotheses")
    return tmp_path / "studies"


@pytest.fixture
def trained(monkeypatch):
    """The names of the runs that were trained and not copied."""
    names, train = [], run_module._train

    def note(order, *rest):
        names.append(order.name)
        train(order, *rest)

    monkeypatch.setattr(run_module, "_train", note)
    return names


@pytest.fixture
def noted(monkeypatch):
    """The names of the runs that would be trained; none is."""
    names = []
    monkeypatch.setattr(run_module, "_train", lambda order, *_: names.append(order.name))
    monkeypatch.setattr(run_module, "_make_portable", lambda *_: None)
    monkeypatch.setattr(run_module, "_measure", lambda *_: None)
    monkeypatch.setattr("lpr_core.study.running.ledger.Ledger._note_seconds", lambda *_: None)
    return names


def ask(manifest, design, *variants, **more):
    return StudyRequest(design, "tiny", manifest, only=variants, **{"num_seeds": 1, **more})


def test_an_equal_run_is_copied(studies, manifest, trained):
    progress = run_study(ask(manifest, "noise", "noise-0.00"), studies / "noise")
    assert (progress.done, trained) == (1, [])
    ours, theirs = StudyFolder(studies / "noise"), StudyFolder(studies / "hypotheses")
    run, twin = ours.run("noise-0.00", 0), theirs.run("fine-tuned", 0)
    for name in ("predictions.csv.gz", "noisy_predictions.csv.gz", "history.csv", "metrics.json"):
        assert (run.path / name).read_bytes() == (twin.path / name).read_bytes()
    assert run.read_config()[ORIGIN] == "hypotheses/fine-tuned/seed-0"
    assert ours.is_done("noise-0.00", 0)


def test_a_copy_names_the_run_that_was_trained(studies, manifest):
    run_study(ask(manifest, "noise", "noise-0.00"), studies / "a-noise")
    run_study(ask(manifest, "learning-curve", "fine-tuned-100"), studies / "curve")
    run = StudyFolder(studies / "curve").run("fine-tuned-100", 0)
    assert run.read_config()[ORIGIN] == "hypotheses/fine-tuned/seed-0"


def test_the_record_tells_of_runs_that_were_trained_before_copied_ones(studies, manifest):
    twin = StudyFolder(studies / "hypotheses").run("fine-tuned", 0)
    twin.write_config({**twin.read_config(), "code": {"version": "older"}})
    noise = studies / "noise"
    run_study(ask(manifest, "noise", "noise-0.00"), noise)
    assert StudyFolder(noise).read_study().code == {"version": "older"}
    run_study(ask(manifest, "noise", "noise-0.00", "noise-0.01"), noise)
    own = StudyFolder(noise).run("noise-0.01", 0).read_config()
    assert StudyFolder(noise).read_study().code == own["code"] != {"version": "older"}


def test_a_damaged_configuration_does_not_stop_the_other_runs(studies, manifest):
    folder = StudyFolder(studies / "hypotheses")
    (folder.run("fine-tuned", 0).path / "config.json").write_text("{")
    progress = run_study(ask(manifest, "hypotheses", "fine-tuned", "none"), folder.path)
    assert (progress.done, progress.failures) == (2, {})


@pytest.mark.parametrize(
    ("design", "variant", "more"),
    [
        pytest.param("noise", "noise-0.01", {}, id="other settings"),
        pytest.param("noise", "noise-0.00", {"weights": "other"}, id="other weights"),
        pytest.param("noise", "noise-0.00", {"keeps_weights": True}, id="weights are wanted"),
        pytest.param("noise", "noise-0.00", {"trackers": ("tensorboard",)}, id="is to be seen"),
        pytest.param("cross-validation", "fine-tuned-fold-1", {}, id="other plates of the study"),
    ],
)
def test_what_differs_is_trained(studies, manifest, noted, monkeypatch, design, variant, more):
    monkeypatch.setattr("lpr_core.study.running.runner.check_trackers", lambda _: None)
    run_study(ask(manifest, design, variant, **more), studies / "other")
    assert noted == [f"{variant} seed 0"]


def test_another_seed_is_trained(studies, manifest, noted):
    run_study(ask(manifest, "noise", "noise-0.00", num_seeds=2), studies / "noise")
    assert noted == ["noise-0.00 seed 1"]


def test_other_plates_are_no_twin(studies, tmp_path, noted):
    other = write_plates(tmp_path / "other", num_train=28)
    run_study(ask(other, "noise", "noise-0.00"), studies / "noise")
    assert noted == ["noise-0.00 seed 0"]


@pytest.mark.parametrize("name", ["study.json", "runs/fine-tuned/seed-0/config.json"])
def test_a_damaged_study_lends_nothing(studies, manifest, noted, name):
    (studies / "hypotheses" / name).write_text("{")
    run_study(ask(manifest, "noise", "noise-0.00"), studies / "noise")
    assert noted == ["noise-0.00 seed 0"]


def test_an_unfinished_run_is_no_twin(studies, manifest, noted):
    twin = StudyFolder(studies / "hypotheses").run("fine-tuned", 0)
    (twin.path / "noisy_predictions.csv.gz").unlink()
    run_study(ask(manifest, "noise", "noise-0.00"), studies / "noise")
    assert noted == ["noise-0.00 seed 0"]


def test_a_begun_run_goes_on(studies, manifest, trained):
    (studies / "noise" / "runs" / "noise-0.00" / "seed-0").mkdir(parents=True)
    run_study(ask(manifest, "noise", "noise-0.00"), studies / "noise")
    assert trained == ["noise-0.00 seed 0"]


def test_another_backend_is_no_twin(studies, manifest):
    run_study(ask(manifest, "noise", "noise-0.00"), studies / "noise")
    folder = StudyFolder(studies / "noise")
    record = folder.run("noise-0.00", 0).read_config()
    config = run_module.TrainingConfig.model_validate(record["config"])
    rows = tuple(folder.predictions("noise-0.00", 0)["plate"])
    assert find_twin(folder, config, rows, record["backend"]) is not None
    assert find_twin(folder, config, rows, "another") is None
    assert find_twin(folder, config, rows[1:], record["backend"]) is None


def test_a_copy_that_was_killed_is_made_anew(studies):
    folder = StudyFolder(studies / "hypotheses")
    twin, run = folder.run("fine-tuned", 0), folder.run("copy", 0)
    rest = run.path.with_name("draft.seed-0")
    rest.mkdir(parents=True)
    (rest / "half.csv").write_text("")
    copy_run(twin, run)
    assert not rest.exists()
    assert not (run.path / "half.csv").exists()
    assert json.loads((run.path / "state.json").read_text())["state"] == "finished"
