"""Start the Procfile's apps on this machine, say where they answer, and end them together.

`make start` runs this. `PORT` (7860) and `LPR_DASHBOARD_PORT` (8501) choose the ports; `LPR_HOST`
(127.0.0.1) chooses who may connect: 0.0.0.0 lets the whole network in. A platform runs the
Procfile's lines itself, each with its own `PORT`; there they listen on 0.0.0.0.
"""

import errno
import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import KILL_WAIT, SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

ROOT_DIR = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class App:
    """One process type of the Procfile and the address that it gets here."""

    process: str
    title: str
    host: str
    port: int
    port_variable: str
    url_variable: str

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"


def choose_apps(environment: Mapping[str, str]) -> tuple[App, App]:
    """Return the labelling app and the dashboard with the host and the ports that are asked for.

    Raises:
        ValueError: A port is no port, or both apps are given the same one.
    """
    host = environment.get("LPR_HOST") or "127.0.0.1"
    ports = (
        _read_port(environment, "PORT", 7860),
        _read_port(environment, "LPR_DASHBOARD_PORT", 8501),
    )
    if ports[0] == ports[1]:
        raise ValueError(f"PORT and LPR_DASHBOARD_PORT must differ. Received: {ports[0]} twice")
    return (
        App("web", "labelling app", host, ports[0], "PORT", "LPR_LABELER_URL"),
        App("dashboard", "dashboard", host, ports[1], "LPR_DASHBOARD_PORT", "LPR_DASHBOARD_URL"),
    )


def _read_port(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{variable} must be a port from 1 to 65535. Received: {text!r}")
    return int(text)


def check_port(app: App) -> None:
    """Raise ValueError, with the way out, when the app cannot listen on its port."""
    try:
        with socket.create_server((app.host, app.port)):
            pass
    except OSError as problem:
        taken = problem.errno == errno.EADDRINUSE
        raise ValueError(
            f"Port {app.port} on {app.host} {'is taken' if taken else 'is not to be had'}, so the "
            f"{app.title} cannot start ({problem.strerror}). "
            f"Choose another port: {app.port_variable}={app.port + 10} make start"
        ) from None


class Log(Printer):
    """Prints what the apps say; honcho's own remarks are left out."""

    def write(self, message: Message) -> None:
        """Print one message behind its time and process type."""
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)


class Supervisor(Manager):
    """Runs the apps until a signal comes or one of them ends; then all end.

    Attributes:
        fallen: Process types that had ended before anybody asked them to.
    """

    def __init__(self) -> None:
        super().__init__(Log())
        self.fallen: list[str] | None = None

    def terminate(self) -> None:
        """Ask all apps to end, and force those that have not after a few seconds."""
        if not self._all_started():  # honcho can end only what has told its process id
            _call_later(0.1, self.terminate)
            return
        if self.fallen is None:
            self.fallen = [name for name, state in self._processes.items() if "returncode" in state]
            _call_later(KILL_WAIT, self.kill)
        super().terminate()


def _call_later(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()


def run_apps(apps: Sequence[App], procfile: Path = ROOT_DIR / "Procfile") -> int:
    """Run the apps until Ctrl-C or until one of them falls; return the exit status.

    No app outlives this call. 0 says that a person or a platform ended them, 1 that one fell.
    """
    commands = parse_procfile(procfile.read_text()).processes
    supervisor = Supervisor()
    for app in apps:
        supervisor.add_process(app.process, commands[app.process], env=_environment(app, apps))
    # A closed terminal ends the apps as Ctrl-C does; honcho listens to the other signals itself.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(target=_announce, args=(apps,), daemon=True).start()
    try:
        supervisor.loop()
    finally:
        supervisor.kill()
    if not supervisor.fallen:
        print("Both ended.")
        return 0
    titles = " and the ".join(app.title for app in apps if app.process in supervisor.fallen)
    print(f"The {titles} ended unasked (last words above), so nothing runs any more.")
    return 1


def _environment(app: App, apps: Sequence[App]) -> dict[str, str]:
    links = {other.url_variable: other.url for other in apps}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {
        **os.environ,
        **links,
        "PATH": path,
        "LPR_HOST": app.host,
        "PORT": str(app.port),
        "PYTHONUNBUFFERED": "1",
    }


def _announce(apps: Sequence[App]) -> None:
    """Print the addresses once all apps answer."""
    late_at = time.monotonic() + PATIENCE_SECONDS
    while waiting := [app for app in apps if not _answers(app)]:
        if time.monotonic() > late_at:
            print(f"Still waiting for the {waiting[0].title} ...", flush=True)
            late_at += PATIENCE_SECONDS
        time.sleep(0.2)
    addresses = "\n".join(f"  {app.title.capitalize():<16}{app.url}" for app in apps)
    print(f"\n{addresses}\n\n  Ctrl-C ends both.\n", flush=True)


def _answers(app: App) -> bool:
    # http.client, because it never asks a proxy for a loopback address.
    connection = http.client.HTTPConnection(app.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/")
        # Where people have accounts, a stranger's answer is 401.
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Check the ports, run the apps, return the exit status."""
    try:
        apps = choose_apps(os.environ)
        for app in apps:
            check_port(app)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print("Starting the labelling app and the dashboard ...", flush=True)
    return run_apps(apps)


if __name__ == "__main__":
    sys.exit(main())
