import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from lpr_core.backbones import build as backbones_module
from lpr_core.cli import app
from lpr_core.data.manifest import fingerprint, read_manifest
from lpr_core.diagnosis.diagnose import (
    SIZES,
    DiagnosisRequest,
    diagnose_study,
    find_plates,
    find_weights,
)
from lpr_core.diagnosis.tuned import take_tuned_run
from lpr_core.evidence.suspects.suspects import QUESTIONS
from lpr_core.study.folder.record import DataRecord, StudyRecord, VariantRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.folder.tables import noisy_columns
from lpr_core.study.presets import study_preset_names
from lpr_core.tasks.networks import build_network, save_network
from lpr_core.tasks.reading import TASK
from tests.kit.training_kit import (
    make_reading_config,
    make_training_config,
    tiny_backbone,
    write_plates,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CALLS = {"killed": [], "resumed": [], "again": []}


def make_config(manifest="manifest.csv"):
    network = make_reading_config(head="pooled", freeze=1.0)
    # 2 epochs of 6 batches of 8 pictures: each of the 24 plates is seen 4 times.
    return make_training_config(manifest, network, epochs=2, steps_per_epoch=6)


def make_record(plates, kind="own", **settings):
    return StudyRecord(
        name="tiny",
        design="hypotheses",
        preset="smoke",
        question="Does it work?",
        metric="character_accuracy",
        variants=(VariantRecord(name="frozen", label="Frozen", factors={"transfer": "frozen"}),),
        seeds=(0,),
        created="2026-03-01T08:00:00+00:00",
        data=DataRecord(
            description="planted plates",
            kind=kind,
            train_rows=24,
            validation_rows=10,
            fingerprint=fingerprint(plates),
            baseline={"character_accuracy": 0.3, "symbols": "000"},
        ),
        base_config=make_config().model_dump(mode="json"),
        **settings,
    )


def write_study(folder, manifest):
    """A study of one run, which is said to be finished."""
    plates = read_manifest(manifest, make_config().network.plate_format)
    study = StudyFolder(folder)
    make_record(plates).write(folder)
    run = study.run("frozen", 0)
    run.write_config({"config": make_config().model_dump(mode="json")})
    run.write_history([])
    run.write_metrics({"character_accuracy": 0.4, "train": {"character_accuracy": 0.9}})
    run.write_predictions(pd.DataFrame(columns=list(TASK.prediction_columns)))
    study.write_noisy_predictions("frozen", 0, pd.DataFrame(columns=list(noisy_columns(TASK))))
    run.write_state("finished")
    return study


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory):
    """A diagnosis that was killed in its third suspect, resumed, and asked for once more."""
    folder = tmp_path_factory.mktemp("diagnosis")
    manifest = write_plates(folder / "plates")
    study = write_study(folder / "tiny", manifest)
    request = DiagnosisRequest("smoke", manifest)

    def die(name, done, total):
        CALLS["killed"].append((name, done, total))
        if name == "position":
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones_module._BACKBONES, "compact", tiny_backbone())
        patch.setenv("LPR_DATA_DIR", str(folder / "data"))
        with pytest.raises(KeyboardInterrupt):
            diagnose_study(study, request, die)
        halfway = study.read_diagnosis()
        for session in ("resumed", "again"):
            calls = CALLS[session]
            diagnose_study(study, request, lambda *call, calls=calls: calls.append(call[0]))
        yield study, halfway, manifest


def test_every_suspect_is_judged(diagnosed):
    diagnosis = diagnosed[0].read_diagnosis()
    assert {suspect["name"] for suspect in diagnosis["suspects"]} == set(QUESTIONS)
    assert list(diagnosis["measurements"]) == list(QUESTIONS)
    assert set(diagnosis["seconds"]) == set(QUESTIONS)
    verdicts = {suspect["name"]: suspect["verdict"] for suspect in diagnosis["suspects"]}
    assert "not measured" not in verdicts.values()
    assert verdicts["gap"] == "guilty"
    assert diagnosis["suspects"][0]["name"] == "gap"
    assert diagnosis["summary"].startswith("The gap is real")
    assert diagnosis["remedies"] == []
    assert diagnosis["remedies_note"].startswith("It needs a finished study of the remedies")


def test_what_a_frozen_backbone_must_show(diagnosed):
    found = diagnosed[0].read_diagnosis()["measurements"]
    assert found["batch_statistics"]["frozen_moves"] == 0
    assert [layer["name"] for layer in found["batch_statistics"]["layers"]] == ["bn"]
    assert [stage["name"] for stage in found["features"]["stages"]] == [
        "picture",
        "1/4",
        "random 1/4",
    ]
    assert [layer["name"] for layer in found["drift"]["layers"]] == ["conv"]
    assert found["drift"]["source"] == "trained for this, 96 pictures"
    assert found["position"]["head"] == "pooled"
    assert (found["memory"]["num_train"], found["memory"]["epochs"]) == (24, 4)
    assert [scale["name"] for scale in found["input_scale"]["scales"]] == [
        "0 to 255",
        "0 to 1",
        "-1 to 1",
    ]


def test_a_killed_diagnosis_goes_on(diagnosed):
    study, halfway, _ = diagnosed
    assert CALLS["killed"] == [("gap", 0, 7), ("memory", 1, 7), ("position", 2, 7)]
    assert list(halfway["measurements"]) == ["gap", "memory"]
    verdicts = [suspect["verdict"] for suspect in halfway["suspects"]]
    assert verdicts.count("not measured") == 5
    assert CALLS["resumed"] == ["gap", *list(QUESTIONS)[2:], ""]
    assert CALLS["again"] == ["gap", ""]  # there may be more runs by now
    final = study.read_diagnosis()
    for name, found in halfway["measurements"].items():
        assert final["measurements"][name] == found
    assert final["created"] == halfway["created"]


def test_no_path_of_this_machine_is_kept(diagnosed):
    study, _, manifest = diagnosed
    assert str(manifest.parent) not in json.dumps(study.read_diagnosis())
    assert not any(study.work_dir.iterdir())  # nor are weights


def test_the_command(diagnosed):
    study, _, manifest = diagnosed
    arguments = ["study", "diagnose", str(study.path), "--preset", "smoke"]
    result = CliRunner().invoke(app, [*arguments, "--manifest", str(manifest)])
    assert result.exit_code == 0, result.output
    assert "guilty   Does the frozen network read the plates that it learned from" in result.output
    assert f"Written: {study.path / 'diagnosis.json'}" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "huge"], "The sizes are account, laptop, smoke. Received: 'huge'"),
        ([], "was made of a person's plates; name them by --manifest."),
    ],
)
def test_a_command_that_cannot_be_done(diagnosed, arguments, message):
    result = CliRunner().invoke(app, ["study", "diagnose", str(diagnosed[0].path), *arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_other_plates_are_refused(diagnosed, tmp_path):
    other = write_plates(tmp_path / "other", num_train=25)
    with pytest.raises(ValueError, match="has other plates than the study tiny"):
        find_plates(diagnosed[0].read_study(), other)


def test_a_tuned_run_must_have_weights_and_the_same_backbone(monkeypatch, tmp_path):
    monkeypatch.setitem(backbones_module._BACKBONES, "compact", tiny_backbone())
    network = make_config().network
    save_network(build_network(network), network, tmp_path / "good")
    assert take_tuned_run(tmp_path / "good", make_config()).source == "the run good"
    wider = make_config().model_copy(
        update={"network": make_reading_config(head="pooled", width=64)}
    )
    with pytest.raises(
        ValueError, match=r"must have the width 64 of the frozen one\. Received: 48"
    ):
        take_tuned_run(tmp_path / "good", wider)
    with pytest.raises(FileNotFoundError, match="holds no network"):
        take_tuned_run(tmp_path, make_config())


def test_every_preset_has_a_size():
    assert set(SIZES) == set(study_preset_names())


def test_weights_are_found_again(tmp_path):
    record = make_record(read_manifest(write_plates(tmp_path), make_config().network.plate_format))
    assert find_weights(record, "imagenet") == "imagenet"
    assert find_weights(record, str(tmp_path)) == str(tmp_path)
    assert find_weights(record, "seven").endswith("models/seven")  # where `smoke` starts
    with pytest.raises(FileNotFoundError, match=r"tiny started from 'mine\.h5'; say"):
        find_weights(record, "mine.h5")
