import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app
from tests.tiny_reader import draw_tiny_plate, write_tiny_bundle

runner = CliRunner()
PLATES = {"a.png": "ABC1234", "b.png": "XYZ9876", "c.png": "AB123CD"}


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("LPR_READER", str(write_tiny_bundle(tmp_path / "tiny")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pictures(tmp_path):
    for name, text in PLATES.items():
        Image.fromarray(draw_tiny_plate(text)).save(tmp_path / name)
    return list(PLATES)


def call(*arguments):
    return runner.invoke(app, [str(argument) for argument in arguments])


def test_read_prints_one_line_for_each_picture(pictures):
    result = call("read", *pictures)
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines] == [[name, text] for name, text in PLATES.items()]
    assert lines[0][2].endswith("%")
    assert (result.exit_code, result.stderr) == (0, "")


def test_read_shows_doubt(tmp_path):
    Image.fromarray(draw_tiny_plate("ABC1234", doubtful={1})).save(tmp_path / "d.png")
    assert "A?C1234 (ABC1234)" in call("read", "d.png").stdout


def test_read_json_has_the_whole_reading(pictures):
    result = call("read", "--json", "--region", "br", *pictures)
    readings = json.loads(result.stdout)
    assert [reading["picture"] for reading in readings] == pictures
    assert readings[0]["text"] == "ABC1234"
    assert readings[0]["region"] == "br"
    assert set(readings[0]) == {
        "picture",
        "text",
        "doubtful_text",
        "confidence",
        "slots",
        "pattern",
        "region",
        "reader_version",
    }


def test_bad_pictures_do_not_stop_the_others(pictures, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    result = call("read", "a.png", "broken.jpg", "missing.png", "b.png")
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["ABC1234", "XYZ9876"]
    sentences = result.stderr.splitlines()
    assert len(sentences) == 2
    assert sentences[0].startswith("lpr: broken.jpg: ")
    assert sentences[1].startswith("lpr: missing.png: ")
    assert result.exit_code == 1


def test_bad_pictures_in_json(pictures, tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    result = call("read", "--json", "a.png", "empty.png")
    readings = json.loads(result.stdout)
    assert readings[0]["text"] == "ABC1234"
    assert set(readings[1]) == {"picture", "error"}
    assert result.exit_code == 1


def test_only_bad_pictures_are_bad_input(tmp_path):
    (tmp_path / "page.png").write_text("<html></html>")
    result = call("read", "page.png")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["read", "a.png", "--region", "atlantis"], "region must be one of"),
        (["read", "a.png", "--model", "nowhere"], "A reader bundle needs model.onnx"),
        (["evaluate", "--manifest", "nowhere.csv"], "nowhere.csv"),
        (["export", "nowhere"], "There is no run folder nowhere"),
        (["train", "--set", "manifest"], "--set needs key=value. Received: 'manifest'"),
        (["train"], "manifest: Field required"),
        (["train", "--manifest", "x.csv", "--set", "epochs=0"], "epochs: Input should be"),
        (["train", "--manifest", "x.csv", "--set", "colour=1"], "colour: Extra inputs"),
        (["train", "--config", "nowhere.json"], "nowhere.json: No such file"),
        (["synthesize", "--count", "1", "--out", "o", "--region", "atlantis"], "atlantis"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(pictures, arguments, sentence):
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("lpr: ")
    assert sentence in result.stderr
    assert "Traceback" not in result.output
