"""Masked studies: what was right stays right, and no plate can be told."""

import gzip
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.evidence.answers import answer_study
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.masking import mask_study
from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder
from tests.kit.planted_study import plant_study


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "plain"
    return StudyFolder(plant_study(path, seeds=[0, 1], num_plates=40))


@pytest.fixture(scope="module")
def masked(plain):
    return mask_study(plain, plain.path.with_name("masked"))


def test_what_was_right_stays_right(plain, masked):
    before, after = correctness(plain), correctness(masked)
    assert before.correct.keys() == after.correct.keys()
    for key, right in before.correct.items():
        np.testing.assert_array_equal(after.correct[key], right)


def test_runs_agree_where_they_agreed(plain, masked):
    def agreement(folder):
        one, other = (folder.predictions(name, 0)["text"] for name in ("none", "fine-tuned"))
        return list(one == other)

    assert agreement(masked) == agreement(plain)


def test_noisy_readings_follow(plain, masked):
    for name in ("none", "fine-tuned+noise"):
        before, after = (folder.noisy_predictions(name, 1) for folder in (plain, masked))
        clean = after[after["strength"] == 0]
        assert list(clean["text"]) == list(masked.predictions(name, 1)["text"])
        assert list(before["confidence"]) == list(after["confidence"])


def test_verdicts_stay_what_they_are(plain, masked):
    before, after = (answer_study(read_inputs(folder)).model_dump() for folder in (plain, masked))
    assert before["verdicts"] == after["verdicts"]
    assert before["misread"]
    assert not any(after["misread"].values())  # the symbols mean nothing any more


def test_no_file_tells_a_plate(plain, masked):
    truths = set(plain.plates()["truth"])
    assert not truths & set(masked.plates()["truth"])
    content = b"".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in masked.path.rglob("*")
        if path.is_file()
    )
    assert not [text for text in truths if text.encode() in content]
    assert not [name for name in plain.plates()["image_path"] if name.encode() in content]
    assert not (masked.path / "pictures").exists()
    assert masked.read_study().data.masked


def test_letters_stay_letters_and_digits_digits(plain, masked):
    def pattern(text):
        return "".join("N" if symbol.isdigit() else "L" for symbol in text)

    assert [*map(pattern, masked.plates()["truth"])] == [*map(pattern, plain.plates()["truth"])]


def test_nobody_can_draw_the_exchange_again(plain, masked, tmp_path):
    again = mask_study(plain, tmp_path / "again")
    assert list(again.plates()["truth"]) != list(masked.plates()["truth"])
    twins = [mask_study(plain, tmp_path / name, key=7).plates() for name in ("one", "other")]
    assert twins[0].equals(twins[1])


def test_unfinished_runs_are_left_out(plain, tmp_path):
    shutil.copytree(plain.path, tmp_path / "plain")
    part = StudyFolder(tmp_path / "plain")
    (part.run("none", 0).path / "noisy_predictions.csv.gz").unlink()
    masked = mask_study(part, tmp_path / "masked")
    assert not masked.run("none", 0).path.exists()
    assert masked.is_done("none", 1)


@pytest.mark.parametrize(
    ("study", "out", "problem"),
    [
        pytest.param("masked", "new", "is masked already", id="masked"),
        pytest.param("plain", "masked", "exists", id="folder exists"),
        pytest.param("nothing", "new", "There is no study", id="no study"),
    ],
)
def test_what_cannot_be_masked(plain, masked, study, out, problem):
    folder = plain.path.parent
    done = CliRunner().invoke(
        app, ["study", "mask", str(folder / study), "--out", str(folder / out)]
    )
    assert done.exit_code == 2
    assert problem in done.output
    assert len(done.output.splitlines()) == 1
    assert not (folder / "new").exists()


def test_a_study_that_cannot_be_masked_whole_leaves_no_folder(plain, tmp_path):
    shutil.copytree(plain.path, tmp_path / "plain")
    damaged = StudyFolder(tmp_path / "plain")
    (damaged.run("none", 1).path / "noisy_predictions.csv.gz").write_bytes(b"no gzip")
    for _ in range(2):
        with pytest.raises(ValueError, match="gzip"):
            mask_study(damaged, tmp_path / "masked")
        assert not (tmp_path / "masked").exists()


def test_the_command_says_where_it_is(plain, tmp_path):
    words = ["study", "mask", str(plain.path), "--out", str(tmp_path / "new")]
    done = CliRunner().invoke(app, words)
    assert done.output == f"Masked study: {tmp_path / 'new'}\n"
