"""`lpr study run` as people start it: real processes, killed in the middle, gone on with."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lpr_core.study.folder.outcome import correctness
from lpr_core.study.folder.results import StudyFolder, summarize_study
from tests.conftest import PATIENCE_SECONDS, REPOSITORY_DIR

COMMAND = [sys.executable, "-c", "from lpr_core.cli import app; app()", "study"]
# Every kind of arm: from random values, on features of a frozen backbone, with noise.
RUN = ["run", "hypotheses", "--preset", "smoke", "--seeds", "1", "--jobs", "2"]
ONLY = [*("--only", "none"), *("--only", "frozen"), *("--only", "fine-tuned+noise")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The user's folder; both studies share the drawn plates in it."""
    return os.environ | {"LPR_DATA_DIR": str(tmp_path_factory.mktemp("user"))}


def call(arguments: list[str], environment: dict[str, str]) -> str:
    answer = subprocess.run(
        [*COMMAND, *arguments],
        env=environment,
        cwd=REPOSITORY_DIR,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def run_to_the_end(folder: Path, environment: dict[str, str]) -> str:
    return call([*RUN, *ONLY, "--out", str(folder)], environment)


def kill_in_the_middle(folder: Path, environment: dict[str, str]) -> None:
    """Start the study, and kill it as soon as a first run has finished an epoch of two."""
    process = subprocess.Popen(
        [*COMMAND, *RUN, *ONLY, "--out", str(folder)],
        env=environment,
        cwd=REPOSITORY_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 4 * PATIENCE_SECONDS
    while not any(folder.glob("runs/*/*/checkpoint.npz")):
        assert process.poll() is None, (folder / "work" / "log.txt").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()


def report_results(folder: Path, environment: dict[str, str]) -> dict:
    """Have the report written; return its answers, less what tells one study from another."""
    assert "H1 The network suits licence plates" in call(["report", str(folder)], environment)
    assert (folder / "report.html").stat().st_size > 100_000
    answers = json.loads((folder / "answers.json").read_text())
    del answers["facts"]["name"], answers["facts"]["created"]
    for cell in answers["cells"]:
        del cell["minutes"]
    return answers


def read_results(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.glob("runs/*/*/*predictions.csv.gz"))
    }


def test_a_killed_study_ends_as_an_unbroken_one(tmp_path, environment):
    kill_in_the_middle(tmp_path / "killed", environment)
    assert len(read_results(tmp_path / "killed")) < 6
    told = run_to_the_end(tmp_path / "killed", environment)
    assert told.splitlines()[-1] == "3 of 3 runs are finished."

    run_to_the_end(tmp_path / "whole", environment)
    whole = read_results(tmp_path / "whole")
    assert len(whole) == 6
    assert read_results(tmp_path / "killed") == whole

    report = report_results(tmp_path / "whole", environment)
    assert (report["num_runs"], report["num_wanted"]) == (3, 6)
    assert report_results(tmp_path / "killed", environment) == report

    folder = StudyFolder(tmp_path / "whole")
    summary = summarize_study(folder.path)
    assert (summary.state, summary.runs_done, summary.runs_total) == ("partial", 3, 6)
    assert len(correctness(folder).truth) == 40
    assert folder.picture_path(39) is not None
    assert all(float(value) > 0 for value in folder.histories()["seconds"])
