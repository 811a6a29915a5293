"""One run and a whole study in this process, with a network of one convolution."""

import json

import keras
import numpy as np
import pytest

from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.running import plan
from lpr_core.study.running.ledger import estimate_seconds_left
from lpr_core.study.running.plan import StudyRequest
from lpr_core.study.running.run import perform_run
from lpr_core.study.running.runner import run_study
from lpr_core.training.config import TrainingConfig
from tests.kit.study_kit import TINY, tiny_studies
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
def finished(manifest, tmp_path_factory):
    """A finished study of two variants and all that it told; read only."""
    path = tmp_path_factory.mktemp("studies") / "hypotheses"
    told = []
    request = StudyRequest("hypotheses", "tiny", manifest, only=("frozen", "none+noise"))
    progress = run_study(request, path, told.append)
    return StudyFolder(path), progress, told, request


def files_below(path):
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())


def test_a_run_leaves_results_and_no_weights(finished):
    folder, *_ = finished
    assert files_below(folder.run("none+noise", 1).path) == [
        "config.json",
        "history.csv",
        "metrics.json",
        "noisy_predictions.csv.gz",
        "predictions.csv.gz",
        "state.json",
    ]
    assert folder.is_done("frozen", 0)
    assert folder.run("frozen", 0).read_metrics()["train"]["count"] == 24


def test_nothing_names_a_folder_of_this_machine(finished, manifest):
    folder, *_ = finished
    for path in folder.path.rglob("*.json"):
        if "work" not in path.parts:
            assert str(manifest.parent) not in path.read_text()
    table = folder.predictions("frozen", 0)
    assert list(table["image_path"]) == list(folder.plates()["image_path"])
    assert list(table["truth"]) == list(folder.plates()["truth"])


def test_own_plates_leave_no_pictures(finished):
    folder, *_ = finished
    assert folder.read_study().data.kind == "own"
    assert not (folder.path / "pictures").exists()


def test_clean_and_noisy_readings_agree(finished):
    folder, *_ = finished
    noisy = folder.noisy_predictions("none+noise", 0)
    clean = noisy[noisy["strength"] == 0]
    assert list(clean["text"]) == list(folder.predictions("none+noise", 0)["text"])
    assert len(noisy) == 8 * 10


def test_the_record_says_what_ran_where(finished):
    folder, *_ = finished
    record = folder.read_study()
    assert (record.design, record.preset, record.seeds) == ("hypotheses", "tiny", (0, 1))
    assert record.backend == keras.config.backend()
    assert record.code["version"]
    assert record.base_config["manifest"] == "manifest.csv"
    assert TrainingConfig.model_validate(record.base_config).epochs == 2


def test_the_record_knows_the_machine_while_the_study_runs(manifest, tmp_path):
    backends = []

    def look(progress):
        if progress.done:
            backends.append(StudyFolder(tmp_path / "s").read_study().backend)

    run_study(StudyRequest("hypotheses", "tiny", manifest, only=("frozen",)), tmp_path / "s", look)
    assert keras.config.backend() in backends


def test_progress_counts_runs_and_guesses_the_time(finished):
    _, progress, told, _ = finished
    assert (progress.done, progress.total, progress.failures) == (4, 4, {})
    assert (told[0].done, told[0].seconds_left) == (0, None)
    assert any(0 < share < 1 for p in told for share in p.running.values())
    assert all(p.seconds_left is not None for p in told if p.done)
    assert any(p.seconds_left for p in told)
    assert told[-1].seconds_left == 0


def test_the_outcome_is_complete(finished):
    folder, *_ = finished
    outcome = correctness(folder)
    assert {shape.shape for shape in outcome.correct.values()} == {(10, 3)}
    for (variant, seed), right in outcome.correct.items():
        metrics = folder.run(variant, seed).read_metrics()
        assert right.mean() == pytest.approx(metrics["character_accuracy"])


def test_a_part_of_a_study_is_partial(finished):
    folder, *_ = finished
    summary = summarize_study(folder.path)
    assert (summary.state, summary.runs_done, summary.runs_total) == ("partial", 4, 12)
    assert folder.work_dir.exists()  # there is more to come


def test_finished_runs_are_skipped(finished):
    folder, _, _, request = finished
    before = folder.fingerprint()
    told = []
    progress = run_study(request, folder.path, told.append)
    assert (progress.done, progress.total, len(told)) == (4, 4, 1)
    assert folder.fingerprint() == before


def test_equal_seeds_give_every_variant_the_same_head(manifest, tmp_path, monkeypatch):
    heads = {}

    def note(order, tell):
        from lpr_core.tasks.networks import build_network

        network = build_network(order.config.network, seed=order.config.seed)
        weights = network.get_layer("branch_0_output").get_weights()[0]
        heads[order.variant, order.seed] = np.asarray(weights)
        raise ArithmeticError("far enough")

    monkeypatch.setattr("tests.kit.study_kit.perform_run", note)
    run_study(StudyRequest("hypotheses", "tiny", manifest), tmp_path / "s")
    for seed in (0, 1):
        for (_, other_seed), head in heads.items():
            assert np.array_equal(heads["none", seed], head) == (seed == other_seed)


def test_a_killed_run_goes_on_to_the_same_bytes(finished, manifest, tmp_path, monkeypatch):
    folder, *_ = finished
    request = StudyRequest("hypotheses", "tiny", manifest, num_seeds=1, only=("none+noise",))
    deaths = []
    whole = perform_run

    def die(order, tell):
        def tell_and_die(share):
            if share > 0.6:
                deaths.append(share)
                raise KeyboardInterrupt

        whole(order, tell_and_die)

    with monkeypatch.context() as patch:
        patch.setattr("tests.kit.study_kit.perform_run", die)
        with pytest.raises(KeyboardInterrupt):
            run_study(request, tmp_path / "s")
    assert deaths
    run_study(request, tmp_path / "s")
    for name in ("predictions.csv.gz", "noisy_predictions.csv.gz"):
        paths = [f.run("none+noise", 0).path / name for f in (folder, StudyFolder(tmp_path / "s"))]
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_run_killed_while_it_is_measured_is_measured_anew(manifest, tmp_path, monkeypatch):
    request = StudyRequest("hypotheses", "tiny", manifest, num_seeds=1, only=("none",))

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("lpr_core.study.running.robustness.score_train", die)
        with pytest.raises(KeyboardInterrupt):
            run_study(request, tmp_path / "s")
    folder = StudyFolder(tmp_path / "s")
    assert folder.runs().set_index("variant")["state"]["none"] == "started"
    history = (folder.run("none", 0).path / "history.csv").read_bytes()
    assert run_study(request, folder.path).done == 1
    assert (folder.run("none", 0).path / "history.csv").read_bytes() == history  # not trained again


def test_a_failure_is_reported_and_the_others_run(manifest, tmp_path, monkeypatch):
    whole = perform_run

    def fail_once(order, tell):
        if order.variant == "none":
            raise ArithmeticError("the loss became nan")
        whole(order, tell)

    monkeypatch.setattr("tests.kit.study_kit.perform_run", fail_once)
    request = StudyRequest("hypotheses", "tiny", manifest, num_seeds=1, only=("none", "frozen"))
    progress = run_study(request, tmp_path / "s")
    assert (progress.done, progress.failures) == (1, {"none seed 0": "the loss became nan"})


def test_seeds_may_grow_and_another_study_is_refused(manifest, tmp_path):
    path = tmp_path / "s"
    request = StudyRequest("hypotheses", "tiny", manifest, num_seeds=1, only=("frozen",))
    run_study(request, path)
    more = StudyRequest("hypotheses", "tiny", manifest, num_seeds=2, only=("frozen",))
    assert run_study(more, path).done == 2
    assert StudyFolder(path).read_study().seeds == (0, 1)
    run_study(request, path)
    assert StudyFolder(path).read_study().seeds == (0, 1)
    with pytest.raises(ValueError, match=r"different: the design, the variants\. Choose another"):
        run_study(StudyRequest("noise", "tiny", manifest), path)
    with pytest.raises(ValueError, match=r"different: the start of transfer\. Choose another"):
        run_study(StudyRequest("hypotheses", "tiny", manifest, weights="other.h5"), path)


def test_kept_weights_go_when_they_are_no_longer_asked_for(manifest, tmp_path):
    settings = {"design": "hypotheses", "preset": "tiny", "manifest": manifest}
    only = {"num_seeds": 1, "only": ("none",)}
    run_study(StudyRequest(**settings, **only, keeps_weights=True), tmp_path / "s")
    run = StudyFolder(tmp_path / "s").run("none", 0)
    assert (run.path / "network.weights.h5").is_file()
    run_study(StudyRequest(**settings, **only), tmp_path / "s")
    assert not (run.path / "network.weights.h5").exists()


def test_a_learning_curve_takes_equal_steps_on_fewer_plates(manifest, tmp_path):
    request = StudyRequest(
        "learning-curve", "tiny", manifest, only=("none-020", "none-100"), num_seeds=1
    )
    run_study(request, tmp_path / "s")
    folder = StudyFolder(tmp_path / "s")
    records = {name: folder.run(name, 0).read_config() for name in request.only}
    rows = {name: record["data"]["train_rows"] for name, record in records.items()}
    steps = {name: record["config"]["steps_per_epoch"] for name, record in records.items()}
    assert rows == {"none-020": 5, "none-100": 24}
    assert steps == {"none-020": 6, "none-100": None}  # 24 plates are 6 batches


def test_a_whole_study_ends_without_its_work_folder(manifest, tmp_path):
    progress = run_study(StudyRequest("cross-validation", "tiniest", manifest), tmp_path / "s")
    folder = StudyFolder(tmp_path / "s")
    assert (progress.done, summarize_study(folder.path).state) == (10, "complete")
    assert not folder.work_dir.exists()
    outcome = correctness(folder)
    folds = [outcome.plates[f"none-fold-{fold}", 0] for fold in range(1, 6)]
    assert sorted(np.concatenate(folds)) == list(range(34))
    table = folder.predictions("none-fold-1", 0)
    truth = folder.plates()["truth"].iloc[table["plate"]]
    assert list(table["truth"]) == list(truth)


def test_drawn_plates_come_with_pictures(manifest, tmp_path, monkeypatch):
    from lpr_core.study.plates import StudyPlates, read_plates

    own = read_plates(manifest, TINY.configure("").network)
    drawn = StudyPlates(own.manifest_path, own.frame, "drawn", "drawn plates")
    monkeypatch.setattr(plan, "draw_plates", lambda *_: drawn)
    request = StudyRequest("hypotheses", "tiny", num_seeds=1, only=("frozen",))
    run_study(request, tmp_path / "s")
    assert len(list((tmp_path / "s" / "pictures").glob("*.jpg"))) == 10
    assert json.loads((tmp_path / "s" / "study.json").read_text())["data"]["kind"] == "drawn"


@pytest.mark.parametrize(
    ("left", "known", "jobs", "expected"),
    [
        pytest.param([], {}, 2, 0.0, id="nothing left"),
        pytest.param([("a", 0.0)], {}, 2, None, id="nothing known"),
        pytest.param([("a", 0.5)], {"a": [10, 20]}, 2, 7.5, id="one run takes one process"),
        pytest.param([("a", 0.0), ("b", 0.0)], {"a": [10]}, 2, 10, id="unknown as the mean"),
        pytest.param([("a", 0), ("b", 0)], {"a": [10], "b": [40]}, 1, 50, id="each its own"),
    ],
)
def test_time_left(left, known, jobs, expected):
    assert estimate_seconds_left(left, known, jobs) == expected
