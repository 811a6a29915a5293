"""Many pictures into one table: every row once, whatever was killed, changed or broken."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.processes import TaskEvent, WorkerError
from lpr_core.serving import Floor
from lpr_core.serving.many import ManyOptions, find_format, read_many
from lpr_core.serving.many.rows import COLUMNS, load_pipeline
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

TEXTS = ("ABC1234", "7XKZ902", "LMN5678", "QRS9012", "TUV3456")


@pytest.fixture(autouse=True)
def reader(tmp_path, monkeypatch):
    """A tiny reader and no finder: each picture is a crop of one plate."""
    load_pipeline.cache_clear()
    monkeypatch.setenv("LPR_FINDER", str(tmp_path / "no-finder"))
    bundle = write_tiny_bundle(tmp_path / "reader", floor=Floor(readable_from=0.0))
    monkeypatch.setenv("LPR_READER", str(bundle))
    yield
    load_pipeline.cache_clear()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        cv2.imwrite(str(folder / f"{number}.png"), draw_tiny_plate(text))
    (folder / "5.jpg").write_bytes(b"no picture")
    return folder


def in_turn(tasks, work, _jobs, on_event, *, prepare=None):
    """Do tasks in this process, as `share_out` does in others."""
    for task in tasks:
        on_event(TaskEvent(task, 1.0, is_over=True, result=work(task, lambda _: None)))


def read(photos, out, share=in_turn, **options):
    return read_many([photos], out, ManyOptions(shard_size=2, jobs=1, **options), share=share)


def rows_of(path: Path) -> list[dict]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_each_picture_has_its_rows_in_every_format(photos, tmp_path, ending):
    out = tmp_path / f"results.{ending}"
    progress = read(photos, out)
    rows = rows_of(out)
    assert (progress.total, progress.done, progress.kept, progress.errors) == (6, 6, 0, 1)
    names = [Path(row["picture"]).name for row in rows]
    assert names == sorted(path.name for path in photos.iterdir())
    assert list(rows[0]) == list(COLUMNS)
    assert [row["text"] for row in rows if not row["error"]] == list(TEXTS)
    (bad,) = [row for row in rows if row["error"]]
    assert int(bad["plate"]) == 0
    assert "\n" not in bad["error"]
    assert not (tmp_path / f"results.{ending}.parts").exists()


class KilledError(BaseException):
    """In the place of a kill."""


def break_after(count: int):
    """Return a `share` that is broken off after so many shards, each of which is kept."""

    def share(tasks, work, jobs, on_event, *, prepare=None):
        in_turn(tasks[:count], work, jobs, on_event)
        raise KilledError

    return share


def test_a_run_broken_off_twice_equals_an_unbroken_one(photos, tmp_path):
    read(photos, tmp_path / "whole.jsonl")
    out = tmp_path / "broken.jsonl"
    for _ in range(2):
        with pytest.raises(KilledError):
            read(photos, out, break_after(1))
        assert not out.exists()
    progress = read(photos, out)
    assert (progress.kept, progress.done) == (4, 6)
    assert rows_of(out) == rows_of(tmp_path / "whole.jsonl")


def test_a_file_that_changed_in_between_is_read_again(photos, tmp_path):
    out = tmp_path / "results.jsonl"
    with pytest.raises(KilledError):
        read(photos, out, break_after(2))
    cv2.imwrite(str(photos / "0.png"), draw_tiny_plate("ZZZ9999"))
    progress = read(photos, out)
    assert progress.kept == 2
    assert rows_of(out)[0]["text"] == "ZZZ9999"


def test_another_region_reads_anew_and_a_damaged_part_too(photos, tmp_path):
    out = tmp_path / "results.jsonl"
    with pytest.raises(KilledError):
        read(photos, out, break_after(2))
    part = next((tmp_path / "results.jsonl.parts").glob("*.gz"))
    part.write_bytes(part.read_bytes()[:10])
    with pytest.raises(KilledError):
        read(photos, out, break_after(0))
    assert read(photos, out, region="br").kept == 0


def test_a_process_that_dies_costs_its_shard_one_more_try(photos, tmp_path):
    calls = []

    def share(tasks, work, jobs, on_event, *, prepare=None):
        calls.append(len(tasks))
        if len(calls) == 1:
            on_event(TaskEvent(tasks[0], 0.0, is_over=True, failure=WorkerError("died")))
            in_turn(tasks[1:], work, jobs, on_event)
        else:
            in_turn(tasks, work, jobs, on_event)

    assert read(photos, tmp_path / "results.csv", share).done == 6
    assert calls == [3, 1]

    def always(tasks, work, jobs, on_event, *, prepare=None):
        on_event(TaskEvent(tasks[0], 0.0, is_over=True, failure=WorkerError("died")))

    with pytest.raises(WorkerError):
        read(photos, tmp_path / "again.csv", always)


def test_what_cannot_be_read_at_all_is_said_before_anything_is(photos, tmp_path):
    with pytest.raises(ValueError, match=r"must end with \.csv, \.jsonl, \.parquet"):
        read(photos, tmp_path / "results.xlsx")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no picture to read"):
        read(tmp_path / "empty", tmp_path / "results.csv")
    with pytest.raises(ValueError, match="nowhere"):
        read(photos, tmp_path / "results.csv", region="nowhere")
    assert not list(tmp_path.glob("results*"))
    assert find_format(Path("A.CSV")) == "csv"


def test_the_command_says_what_it_did(photos, tmp_path):
    out = tmp_path / "results.csv"
    result = CliRunner().invoke(app, ["read", str(photos), "--out", str(out), "--jobs", "1"])
    assert result.exit_code == 1  # one picture is none
    assert "1 could not be read, their rows say why. Wrote" in result.output
    assert len(rows_of(out)) == 6
    result = CliRunner().invoke(app, ["read", str(photos), "--out", str(out), "--json"])
    assert result.exit_code == 2
    assert "neither with --json" in result.output


def test_names_come_from_a_pipe(photos, tmp_path):
    out = tmp_path / "results.jsonl"
    names = f"{photos / '1.png'}\n{photos / '3.png'}\n"
    result = CliRunner().invoke(app, ["read", "-", "--out", str(out), "--jobs", "1"], input=names)
    assert result.exit_code == 0, result.output
    assert [row["text"] for row in rows_of(out)] == [TEXTS[1], TEXTS[3]]


def test_a_killed_process_goes_on_in_the_next(photos, tmp_path):
    """Killed for real, with its children, while it reads; then the same command again."""
    for number in range(6, 500):
        (photos / f"{number}.png").write_bytes((photos / f"{number % 5}.png").read_bytes())
    out = tmp_path / "results.jsonl"
    command = [sys.executable, "-c", "from lpr_core.cli import app; app()", "read", str(photos)]
    command += ["--out", str(out), "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(tmp_path.glob("results.jsonl.parts/*.gz")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    rows = rows_of(out)
    assert len(rows) == len({row["picture"] for row in rows}) == 500
    assert not list(tmp_path.glob("*.parts"))
