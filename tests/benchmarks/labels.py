"""Load and kill the labelling app: `python -m tests.benchmarks.labels`, or `make benchmark-labels`.

Annotators answer plates through the queue page's own calls while uploaders bring pictures as fast
as the server takes them, all over HTTP to a server process of its own. Prints what was lost (it
must be nothing), errors, the time from an answer to the next plate, memory and uploads.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import typer

from lpr_core.labels import LabelStore
from tests.kit.labelling_team import (
    Ledger,
    Loss,
    Visitor,
    add_team,
    at_work,
    check_ledger,
    plant_plates,
    plant_rows,
)

START_SECONDS = 300
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Place:
    """Where a server keeps its labels.

    Attributes:
        data_dir: Pictures, and the database unless `url` names one.
        url: SQLAlchemy URL, empty for SQLite in `data_dir`.
    """

    data_dir: Path
    url: str = ""

    def open_store(self) -> LabelStore:
        """Open the same labels from this process."""
        return LabelStore(self.url or None, self.data_dir)

    def environment(self, port: int) -> dict[str, str]:
        """Return what a server process needs to know."""
        changes = {
            "LPR_DATA_DIR": str(self.data_dir),
            "GRADIO_TEMP_DIR": str(self.data_dir.parent / "uploads"),
            "PORT": str(port),
            "LPR_HOST": "127.0.0.1",
        }
        return os.environ | changes | ({"LPR_DATABASE_URL": self.url} if self.url else {})


@dataclass(frozen=True)
class LoadResult:
    """What a load has shown; sizes in bytes, times in seconds."""

    ledger: Ledger
    loss: Loss
    memory: tuple[int, int, int]
    seconds: float


def run_load(
    place: Place,
    url: str,
    process: psutil.Process,
    *,
    people: int,
    uploaders: int,
    seconds: float,
    pause: float,
) -> LoadResult:
    """Let a team work for a time and compare the store with what it was promised.

    Args:
        place: The server's labels.
        url: The server.
        process: The server's process, whose memory is watched.
        people: Annotators.
        uploaders: People who bring pictures without a pause.
        seconds: For how long.
        pause: Mean seconds between an annotator's plates.
    """
    store = place.open_store()
    add_team(store, people)
    ledger = Ledger()
    with at_work(url, ledger, people=people, uploaders=uploaders, pause=pause):
        memory = _watch_memory(process, seconds)
    loss = check_ledger(store, ledger)
    store.close()
    return LoadResult(ledger, loss, memory, seconds)


def _watch_memory(process: psutil.Process, seconds: float) -> tuple[int, int, int]:
    """Wait, and return the process' resident bytes after a tenth of the time, half, and all."""
    started, found = time.monotonic(), []
    for share in (0.1, 0.5, 1.0):
        time.sleep(max(0.0, started + share * seconds - time.monotonic()))
        found.append(process.memory_info().rss)
    return tuple(found)


def describe_load(result: LoadResult) -> str:
    """Return the figures as text."""
    ledger, loss = result.ledger, result.loss
    quantiles = np.percentile(ledger.seconds or [np.nan], (50, 95, 99)) * 1000
    memory = " / ".join(f"{size / MEBIBYTE:.0f}" for size in result.memory)
    errors = "".join(f"\n  {times} x {what}" for what, times in ledger.errors.most_common())
    return (
        f"answers {len(ledger.answers)}, uploads {len(ledger.uploads)} "
        f"({len(ledger.uploads) / result.seconds:.1f} a second), {result.seconds:.0f} s\n"
        f"errors {sum(ledger.errors.values())}, lost answers {loss.lost_answers}, "
        f"lost uploads {loss.lost_uploads}, doubled plates {loss.doubled}{errors}\n"
        f"answer to next plate, ms: p50 {quantiles[0]:.0f}, p95 {quantiles[1]:.0f}, "
        f"p99 {quantiles[2]:.0f}\n"
        f"server memory at a tenth / half / end, MiB: {memory}"
    )


def time_queue(url: str, name: str, times: int = 40) -> np.ndarray:
    """Return the 50th and 95th percentile, in ms, of the queue page and of its first plates."""
    visitor = Visitor(url, name)
    seconds = []
    for _ in range(times):
        for ask in (
            lambda: visitor.client.get("/queue").raise_for_status(),
            lambda: visitor.ask(
                "queue", "next_plates", project_id=1, order="worst", region="", count=2
            ),
        ):
            started = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - started)
    visitor.client.close()
    return 1000 * np.percentile(np.reshape(seconds, (times, 2)), (50, 95), axis=0)


@contextmanager
def serving(place: Place, port: int, module: str = "app.labeler") -> Iterator[subprocess.Popen]:
    """Run a server process of its own for a while."""
    process = subprocess.Popen([sys.executable, "-m", module], env=place.environment(port))
    try:
        wait_until_healthy(port)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_until_healthy(port: int) -> None:
    """Return once the server on a port answers.

    Raises:
        TimeoutError: It does not within `START_SECONDS`.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"no server on port {port} within {START_SECONDS} s")


@dataclass(frozen=True)
class KillResult:
    """What kills have shown."""

    kills: int
    ledger: Ledger
    loss: Loss
    is_whole: bool


def kill_again_and_again(
    place: Place, port: int, kills: int, *, people: int = 4, longest_seconds: float = 2.0
) -> KillResult:
    """Kill -9 a server under load, at random moments; the labels must outlive it.

    Every life is a forked child of one process, so that it starts in a fraction of a second.
    """
    store = place.open_store()
    add_team(store, people)
    ledger, chance = Ledger(), random.Random(0)
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.labeler_process", "--lives"],
        env=place.environment(port),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        for life in range(kills):
            _live_and_die(parent, port, people, ledger, life, chance.uniform(0.2, longest_seconds))
        loss = check_ledger(store, ledger)
    finally:
        parent.stdin.close()
        parent.wait(60)
        parent.stdout.close()
    return KillResult(kills, ledger, loss, _is_whole(store))


def _live_and_die(
    parent: subprocess.Popen,
    port: int,
    people: int,
    ledger: Ledger,
    life: int,
    seconds: float,
) -> None:
    parent.stdin.write("live\n")
    child = int(_listen_for(parent, "pid").split()[1])
    wait_until_healthy(port)
    url, before = f"http://127.0.0.1:{port}", len(ledger.answers)
    with at_work(url, ledger, people=people, uploaders=1, pause=0, first_seed=10 * life) as stop:
        deadline = time.monotonic() + START_SECONDS
        while len(ledger.answers) == before and time.monotonic() < deadline:
            time.sleep(0.01)  # a life that promised nothing proves nothing
        time.sleep(seconds)
        stop.set()  # what breaks from now on is the kill's doing
        psutil.Process(child).kill()
    _listen_for(parent, "killed")


def _listen_for(parent: subprocess.Popen, word: str) -> str:
    """Return the next line of a process that begins with a word."""
    for line in parent.stdout:
        if line.startswith(word):
            return line
    raise RuntimeError("the server's parent ended")


def _is_whole(store: LabelStore) -> bool:
    """Ask SQLite whether its file is sound; a server looks after its own."""
    with store._database.read() as connection:
        if connection.dialect.name != "sqlite":
            return True
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def main(
    minutes: Annotated[float, typer.Option(help="How long the team works.")] = 15,
    annotators: Annotated[int, typer.Option(help="People who answer plates.")] = 20,
    uploaders: Annotated[int, typer.Option(help="People who bring pictures, no pause.")] = 2,
    rate: Annotated[float, typer.Option(help="Plates a minute of each annotator.")] = 4,
    plates: Annotated[int, typer.Option(help="Plates in the store beforehand.")] = 0,
    database: Annotated[str, typer.Option(help="SQLAlchemy URL; SQLite when empty.")] = "",
    kills: Annotated[int, typer.Option(help="Kill -9 the app so often instead.")] = 0,
    port: Annotated[int, typer.Option(help="Free port for the server.")] = 7899,
) -> None:
    """Measure the labelling app under load, or what kill -9 costs it."""
    with tempfile.TemporaryDirectory(prefix="lpr-load-") as folder:
        place = Place(Path(folder) / "data", database)
        store = place.open_store()
        if kills:
            plant_plates(store, 500)
            result = kill_again_and_again(place, port, kills)
            typer.echo(
                f"{kills} kills, {len(result.ledger.answers)} answers and "
                f"{len(result.ledger.uploads)} uploads acknowledged; lost answers "
                f"{result.loss.lost_answers}, lost uploads {result.loss.lost_uploads}, "
                f"doubled plates {result.loss.doubled}, database whole: {result.is_whole}"
            )
            return
        plant_rows(store, plates)
        plant_plates(store, round(annotators * rate * minutes * 1.5) + 10 * annotators)
        store.close()
        with serving(place, port) as process:
            url = f"http://127.0.0.1:{port}"
            result = run_load(
                place,
                url,
                psutil.Process(process.pid),
                people=annotators,
                uploaders=uploaders,
                seconds=60 * minutes,
                pause=60 / rate,
            )
            page, first = time_queue(url, "person 0").T
        typer.echo(f"{annotators} annotators, {uploaders} uploaders, {store_name(database)}")
        typer.echo(describe_load(result))
        typer.echo(
            f"queue page, ms: p50 {page[0]:.0f}, p95 {page[1]:.0f}; "
            f"its first plates: p50 {first[0]:.0f}, p95 {first[1]:.0f}"
        )


def store_name(url: str) -> str:
    """Name the kind of database of a URL."""
    return url.partition(":")[0] or "sqlite"


if __name__ == "__main__":
    typer.run(main)
