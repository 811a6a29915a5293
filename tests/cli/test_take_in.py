"""`lpr study take-in`: results from a ZIP archive or a folder, whole or not at all."""

import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.study.folder.results import StudyFolder, summarize_study
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant

VARIANTS = [Variant("none", {"transfer": "none", "noise": 0.0}, 0.9, label="From scratch")]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted") / "mine"
    return plant_study(folder, variants=VARIANTS, seeds=range(2), num_plates=6, epochs=2)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    return tmp_path / "user" / "studies"


def take_in(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["study", "take-in", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def pack(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    return path


def list_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_folder_is_copied_and_stays(planted, home):
    assert take_in(planted) == (0, f"2 of 2 runs are finished: {home / 'mine'}")
    assert StudyFolder(home / "mine").fingerprint() == StudyFolder(planted).fingerprint()
    assert summarize_study(planted).state == "complete"


def test_an_archive_is_unpacked_into_a_folder_of_ones_own(planted, home, tmp_path):
    archive = pack(planted, tmp_path / "their study.zip")
    assert take_in(archive, "--out", tmp_path / "own")[0] == 0
    assert summarize_study(tmp_path / "own").state == "complete"
    assert take_in(archive)[1].endswith(str(home / "their-study"))
    assert list_below(home) == ["their-study"]


def test_runs_that_no_study_ran_become_one(planted, home):
    assert take_in(planted / "runs") == (0, f"2 of 2 runs are finished: {home / 'runs'}")
    assert StudyFolder(home / "runs").read_study().design == "hypotheses"


def test_a_study_with_a_damaged_run_is_taken_and_says_so(planted, home, tmp_path):
    hurt = shutil.copytree(planted, tmp_path / "hurt")
    (hurt / "runs" / "none" / "seed-1" / "metrics.json").write_text("null")
    code, said = take_in(pack(hurt, tmp_path / "hurt.zip"))
    assert code == 0
    assert said == (
        f"1 of 2 runs are finished: {home / 'hurt'} 1 of 2 runs are finished, 0 failed. 1 cannot "
        "be read, such as none, seed 1: A file of the run cannot be read: metrics.json must hold "
        "a JSON object. Received: null"
    )


def damage_the_record(folder: Path) -> None:
    (folder / "study.json").write_text("null")


def damage_the_plates(folder: Path) -> None:
    (folder / "plates.csv").write_text("")


def lay_a_link(folder: Path) -> None:
    (folder / "plates.csv").unlink()
    (folder / "plates.csv").symlink_to("/etc/passwd")


def leave_nothing(folder: Path) -> None:
    (folder / "study.json").unlink()
    shutil.rmtree(folder / "runs")


def cut_a_table(folder: Path) -> None:
    path = folder / "runs" / "none" / "seed-0" / "predictions.csv.gz"
    path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (damage_the_record, "Its study.json cannot be read: study.json is damaged: "),
        (damage_the_plates, "The study cannot be read: plates.csv is empty."),
        (lay_a_link, "The folder has a link in it: 'plates.csv'; links are not followed."),
        (leave_nothing, "It holds no study and no run: no study.json, no state.json."),
        (cut_a_table, "'runs/none/seed-0/predictions.csv.gz' is damaged: "),
    ],
)
def test_what_is_refused_leaves_nothing_behind(planted, home, tmp_path, harm, words):
    bad = shutil.copytree(planted, tmp_path / "bad")
    harm(bad)
    code, said = take_in(bad)
    assert code == 2
    assert said.startswith(f"lpr: {words}")
    assert str(tmp_path) not in said
    assert list_below(home) == []


def test_a_folder_that_is_there_is_not_touched(planted, tmp_path):
    (tmp_path / "own").mkdir()
    code, said = take_in(planted, "--out", tmp_path / "own")
    assert (code, list_below(tmp_path / "own")) == (2, [])
    assert said == f"lpr: {tmp_path / 'own'} exists; name a new folder by --out."


def test_nothing_and_no_archive(tmp_path):
    assert take_in(tmp_path / "no") == (
        2,
        f"lpr: There is no file or folder '{tmp_path / 'no'}'.",
    )
    (tmp_path / "a.zip").write_bytes(b"%PDF")
    assert take_in(tmp_path / "a.zip") == (2, "lpr: 'a.zip' is not a whole ZIP archive.")
