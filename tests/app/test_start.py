"""`make start`: addresses, ports, and that nothing is left running."""

import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from app.serve import ROOT_DIR, App, check_port, choose_apps
from tests.kit.living_processes import lives
from tests.kit.tiny_reader import write_tiny_bundle

SERVER = "python -m http.server $PORT --bind $LPR_HOST"
RUN_APPS = """
import os, pathlib, sys
import app.serve
app.serve.KILL_WAIT = 1
apps = app.serve.choose_apps(os.environ)
sys.exit(app.serve.run_apps(apps, pathlib.Path(os.environ["PROCFILE"])))
"""
WATCH_CONNECTIONS = """
import os, sys
def note(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        place = arguments[1][0]
    elif event == "socket.getaddrinfo":
        place = arguments[0]
    else:
        return
    with open(os.environ["CONNECTIONS"], "a") as log:
        print(place, file=log)
sys.addaudithook(note)
"""
STUBBORN = "trap '' TERM; while true; do sleep 0.1; done"


def test_default_addresses_are_on_loopback():
    labeler, dashboard = choose_apps({})
    assert labeler == App("web", "labelling app", "127.0.0.1", 7860, "PORT", "LPR_LABELER_URL")
    assert (labeler.url, dashboard.url) == ("http://127.0.0.1:7860", "http://127.0.0.1:8501")


def test_environment_chooses_host_and_ports():
    apps = choose_apps({"LPR_HOST": "0.0.0.0", "PORT": "80", "LPR_DASHBOARD_PORT": "65535"})
    assert [(app.host, app.port) for app in apps] == [("0.0.0.0", 80), ("0.0.0.0", 65535)]
    assert apps[0].url == "http://127.0.0.1:80"


def test_empty_variables_mean_the_defaults():
    assert choose_apps({"LPR_HOST": "", "PORT": ""}) == choose_apps({})


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80.5", "http", "\uff18\uff10", " "])
def test_no_port_is_refused(text):
    with pytest.raises(
        ValueError, match=rf"^PORT must be a port from 1 to 65535\. Received: {text!r}$"
    ):
        choose_apps({"PORT": text})


def test_one_port_for_both_is_refused():
    with pytest.raises(ValueError, match=r"must differ\. Received: 8501 twice$"):
        choose_apps({"PORT": "8501"})


def test_taken_port_is_named_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ValueError, match=f"^Port {port} on 127.0.0.1 is taken") as refusal:
            check_port(make_app("web", port))
    assert str(refusal.value).endswith(f"Choose another port: PORT={port + 10} make start")
    check_port(make_app("web", port))


def make_app(process: str, port: int) -> App:
    variables = {"web": ("PORT", "LPR_LABELER_URL")}.get(process, ("LPR_DASHBOARD_PORT", "URL"))
    return App(
        process, {"web": "labelling app"}.get(process, process), "127.0.0.1", port, *variables
    )


@pytest.fixture
def two_ports():
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture
def serve(tmp_path, two_ports):
    """A function that runs `run_apps` on a Procfile of two commands; nothing outlives the test."""
    started = []

    def start(web: str, dashboard: str, **options) -> subprocess.Popen:
        (tmp_path / "Procfile").write_text(f"web: {web}\ndashboard: {dashboard}\n")
        environment = os.environ | {
            "PROCFILE": str(tmp_path / "Procfile"),
            "PORT": str(two_ports[0]),
            "LPR_DASHBOARD_PORT": str(two_ports[1]),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", RUN_APPS],
            cwd=ROOT_DIR,
            env=environment,
            # Whoever started the tests in a shell's background had SIGINT ignored, for all below.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        for survivor in living_family(process):
            survivor.kill()
        process.communicate()


def living_family(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def read_until(process: subprocess.Popen, text: str, seconds: float = 30) -> str:
    """Read what the process says until `text` comes."""
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            alarm.cancel()
            return said
    pytest.fail(f"{text!r} was never said:\n{said}")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as answer:
        with answer:  # open to the network, the labelling app asks who comes
            return answer.code == 401
    except OSError:
        return False


def assert_gone(family: list[psutil.Process], ports: tuple[int, int]) -> None:
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert not any(answers(port) for port in ports)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_prints_both_addresses_once_both_answer_and_ends_both(serve, two_ports, end):
    process = serve(f"sleep 1; {SERVER}", SERVER)
    said = read_until(process, "Ctrl-C ends both.")
    assert f"  Labelling app   http://127.0.0.1:{two_ports[0]}\n" in said
    assert f"  Dashboard       http://127.0.0.1:{two_ports[1]}\n" in said
    assert all(answers(port) for port in two_ports)
    family = living_family(process)
    process.send_signal(end)
    rest = process.communicate(timeout=20)[0]
    assert rest.splitlines()[-1] == "Both ended."
    assert "Traceback" not in rest
    assert process.returncode == 0
    assert_gone(family, two_ports)


@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_an_early_end_leaves_nothing(serve, two_ports, seconds):
    process = serve(SERVER, SERVER)
    time.sleep(seconds)
    family = living_family(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert_gone(family, two_ports)


def test_an_app_that_falls_is_named_and_takes_the_other_along(serve, two_ports):
    process = serve(SERVER, "echo no such picture; exit 3")
    said = process.communicate(timeout=20)[0]
    assert "dashboard | no such picture" in said
    assert said.splitlines()[-1] == (
        "The dashboard ended unasked (last words above), so nothing runs any more."
    )
    assert process.returncode == 1
    assert not any(answers(port) for port in two_ports)


def test_an_app_that_falls_leaves_nothing_behind(serve, tmp_path):
    path = tmp_path / "pid"
    process = serve(SERVER, f"sleep 1000 >/dev/null 2>&1 & echo $! > {path}; exit 3")
    process.communicate(timeout=20)
    assert process.returncode == 1
    deadline = time.monotonic() + 10
    while lives(int(path.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_app_that_will_not_end_is_forced(serve, two_ports):
    process = serve(STUBBORN, SERVER)
    time.sleep(1)
    family = living_family(process)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[0].splitlines()[-1] == "Both ended."
    assert_gone(family, two_ports)


def test_a_closed_terminal_leaves_nothing(serve, two_ports):
    controller, terminal = pty.openpty()
    process = serve(SERVER, SERVER, stdout=terminal, stderr=terminal, stdin=terminal)
    os.close(terminal)
    while not all(answers(port) for port in two_ports):
        time.sleep(0.05)
    family = living_family(process)
    os.close(controller)
    process.send_signal(signal.SIGHUP)
    process.wait(20)
    assert_gone(family, two_ports)


def test_a_taken_port_starts_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "app.serve"],
            cwd=ROOT_DIR,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"Port {port} on 127.0.0.1 is taken, so the labelling app")


@pytest.fixture
def real_environment(tmp_path, two_ports):
    """Both ports, a tiny reader, and every connection that a process makes noted in a file."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WATCH_CONNECTIONS)
    (tmp_path / "connections").touch()
    venv_first = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {
        "PATH": venv_first,
        "PYTHONPATH": str(tmp_path / "site"),
        "CONNECTIONS": str(tmp_path / "connections"),
        "PORT": str(two_ports[0]),
        "LPR_DASHBOARD_PORT": str(two_ports[1]),
        "LPR_DATA_DIR": str(tmp_path / "data"),
        "LPR_READER": str(write_tiny_bundle(tmp_path / "reader")),
    }


@pytest.fixture
def run_real(real_environment):
    """A function that runs a real command of the checkout; nothing outlives the test."""
    started = []

    def run(*arguments: str, **options) -> subprocess.Popen:
        process = subprocess.Popen(
            arguments,
            cwd=ROOT_DIR,
            env=real_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        for survivor in living_family(process):
            survivor.kill()
        process.stdout.close()
        process.wait()


def assert_asked_nobody(tmp_path) -> None:
    places = set((tmp_path / "connections").read_text().split())
    assert places <= {"127.0.0.1", "localhost", "::1", "0.0.0.0", "None"}


def test_both_apps_start_ask_nobody_else_and_end(run_real, two_ports, tmp_path):
    process = run_real(sys.executable, "-m", "app.serve")
    read_until(process, "Ctrl-C ends both.", seconds=180)
    assert all(answers(port) for port in two_ports)
    family = living_family(process)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=30)[0]
    assert rest.splitlines()[-1] == "Both ended."
    assert "Traceback" not in rest
    assert process.returncode == 0
    assert_gone(family, two_ports)
    assert "127.0.0.1" in (tmp_path / "connections").read_text()  # the notes are really taken
    assert_asked_nobody(tmp_path)


@pytest.mark.parametrize("line", (ROOT_DIR / "Procfile").read_text().splitlines())
def test_a_platform_reaches_each_process_type_on_its_port(run_real, two_ports, tmp_path, line):
    """As a platform does it: a shell, PORT set, LPR_HOST not."""
    process = run_real("sh", "-c", line.partition(": ")[2])
    deadline = time.monotonic() + 180
    while not answers(two_ports[0]):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    listening = {
        connection.laddr
        for member in living_family(process)
        for connection in member.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("0.0.0.0", two_ports[0])}
    assert_asked_nobody(tmp_path)
