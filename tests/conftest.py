"""Shared fixtures: a real Chromium, free ports, application processes that always end."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import faults
from lpr_core.labels.tables import database
from lpr_core.labels.upkeep import restore
from tests.kit.empty_stores import RepeatedMigration
from tests.kit.places import REPOSITORY_DIR

# Far more than a machine needs that is not busy with other work; `tests.pages_off` has less.
PATIENCE_SECONDS = int(os.environ.get("LPR_TEST_PATIENCE", "180"))
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def faults_raise():
    """Let the apps' catch-alls catch nothing, in this process and in those that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(faults.VARIABLE, "raise")
        yield


@pytest.fixture(scope="session", autouse=True)
def new_stores_come_soon():
    """Let Alembic make one new file of labels in this process, and repeat what it said."""
    with pytest.MonkeyPatch.context() as patch:
        repeated = RepeatedMigration(database.migrate)
        for module in (database, restore):
            patch.setattr(module, "migrate", repeated)
        yield


@pytest.fixture
def faults_are_told(monkeypatch):
    """Let the catch-alls work, as they do for people."""
    monkeypatch.delenv(faults.VARIABLE)


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium (playwright `Browser`); without one a test skips, but fails in CI.

    For one module, because playwright keeps an event loop running in the main thread, which
    `asyncio.run` in other tests would not take.
    """
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have a Chromium; none was found on PATH.")
        pytest.skip("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@dataclass
class WatchedPage:
    """A page and its faults: console `errors`, and `strangers`, requests that left loopback."""

    page: object
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        assert self.errors == []
        assert self.strangers == []


@pytest.fixture
def open_page(chromium) -> Iterator[Callable[..., WatchedPage]]:
    """A function that opens a URL in a fresh context: `open_page(url, width=390, dark=True)`."""
    contexts = []

    def open_(url: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> WatchedPage:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(1000 * PATIENCE_SECONDS)
        contexts.append(context)
        watched = WatchedPage(context.new_page())
        watched.page.on("console", lambda message: _note_console(watched, message))
        watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
        watched.page.on("request", lambda request: _note_request(watched, request.url))
        watched.page.goto(url)
        return watched

    yield open_
    for context in contexts:
        context.close()


def _note_console(watched: WatchedPage, message) -> None:
    if message.type == "error":
        watched.errors.append(f"{message.text} ({message.location.get('url', '')})")


def _note_request(watched: WatchedPage, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob", "about"):
        return
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        watched.strangers.append(url)


@pytest.fixture
def free_port() -> int:
    """A TCP port that nobody listens on at this moment."""
    return find_free_port()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class AppProcess:
    """A running application: its address, its process, its output."""

    url: str
    process: subprocess.Popen
    log_path: Path

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def stop(self, seconds: float = 15) -> int:
        """End it as Ctrl-C or a platform would (SIGTERM), by force after `seconds`."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@pytest.fixture
def start_app(tmp_path) -> Iterator[Callable[..., AppProcess]]:
    """A function that starts a command and waits until `url + health` answers 200.

    `start_app(["-m", "app.labeler"], port, health="/health", env={...})` runs this Python in the
    repository, with all of the user's data below `tmp_path`. Whatever still runs is ended with
    the test.
    """
    with apps_in(tmp_path) as start:
        yield start


@contextmanager
def apps_in(folder: Path) -> Iterator[Callable[..., AppProcess]]:
    """Give the function of `start_app` with the user's data below `folder`; end all at the end."""
    running: list[AppProcess] = []

    def start(
        arguments: list[str],
        port: int,
        *,
        health: str = "/health",
        env: dict[str, str] | None = None,
        seconds: float = PATIENCE_SECONDS,
    ) -> AppProcess:
        log_path = folder / f"app-{len(running)}.log"
        environment = os.environ | {
            "LPR_DATA_DIR": str(folder / "data"),
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=REPOSITORY_DIR,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        app = AppProcess(f"http://127.0.0.1:{port}", process, log_path)
        running.append(app)
        _wait_until_answers(app, health, seconds)
        return app

    try:
        yield start
    finally:
        for app in running:
            if app.process.poll() is None:
                app.stop()


def _wait_until_answers(app: AppProcess, health: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if app.process.poll() is not None:
            pytest.fail(f"the app ended with {app.process.returncode}:\n{app.log()}")
        try:
            with urllib.request.urlopen(app.url + health, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"no answer from {app.url + health} in {seconds} s:\n{app.log()}")
