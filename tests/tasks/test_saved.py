"""What versions before there were tasks have saved goes on being understood."""

import json

import pytest

from lpr_core.cli.training import build_config, merge_settings
from lpr_core.places import SHIPPED_DIR
from lpr_core.study.folder.record import StudyRecord
from lpr_core.tasks.reading import ReadingConfig
from lpr_core.tasks.saved import discard_files, find_files, parse_network, read_network_config
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import RunFolder

OLD = {"backbone": "compact", "head": "attention", "height": 64, "width": 192}


def test_a_network_without_a_task_reads_plates(tmp_path):
    (tmp_path / "recognizer.json").write_text(json.dumps(OLD))
    (tmp_path / "recognizer.weights.h5").touch()
    assert read_network_config(tmp_path) == ReadingConfig(**OLD)
    assert find_files(tmp_path).weights.name == "recognizer.weights.h5"
    discard_files(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_today_s_names_come_first(tmp_path):
    for name in ("recognizer", "network"):
        (tmp_path / f"{name}.json").write_text("{}")
        (tmp_path / f"{name}.weights.h5").touch()
    assert find_files(tmp_path).config.name == "network.json"


def test_a_folder_without_a_network_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no network \(network\.json, "):
        find_files(tmp_path)


@pytest.mark.parametrize("values", [[], "reading", None])
def test_a_network_is_described_by_settings(values):
    with pytest.raises(ValueError, match="a network is described by its settings"):
        parse_network(values)


def test_an_old_configuration_is_the_same_one():
    old = TrainingConfig.model_validate({"manifest": "a.csv", "recognizer": OLD})
    assert old == TrainingConfig(manifest="a.csv", network=ReadingConfig(**OLD))
    assert TrainingConfig.model_validate_json(old.model_dump_json()) == old


def test_an_old_setting_of_the_command_line_is_taken():
    values = merge_settings(None, None, ["manifest=a.csv", "recognizer.head=positional"])
    config = build_config("compact", values)
    assert (config.network.head, config.network.backbone) == ("positional", "compact")


def test_old_runs_and_studies_have_today_s_names():
    study = SHIPPED_DIR / "studies" / "hypotheses"
    raw = json.loads((study / "study.json").read_text())
    assert "recognizer" in raw["base_config"]
    record = StudyRecord.read(study)
    assert record.base_config["network"] == {"task": "reading", **raw["base_config"]["recognizer"]}
    run = RunFolder(study / "runs" / "frozen" / "seed-0")
    assert run.read_config()["config"]["network"]["backbone"] == "mobilenet_v2_0.35"
    assert run.task.name == "reading"
