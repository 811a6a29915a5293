"""Start the Procfile's apps on this machine, say where they answer, and end them together.

`make start` runs this. `PORT` (7860) and `LPR_DASHBOARD_PORT` (8501) choose the ports; `LPR_HOST`
(127.0.0.1) chooses who may connect: 0.0.0.0 lets the whole network in. A platform runs the
Procfile's lines itself, each with its own `PORT`; there they listen on 0.0.0.0.
"""

import errno
import http.client
import os
import shlex
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from honcho.environ import parse_procfile

from app.ports import read_port
from app.supervision import Command, supervise

ROOT_DIR = Path(__file__).resolve().parents[1]
"""What the Procfile's paths start from: the checkout, or where the packages are installed."""

DASHBOARD_SCRIPT = "app/dashboard/main.py"
PATIENCE_SECONDS = 60
KILL_WAIT = 5
"""Seconds that an app has for its end before it is killed."""


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
        read_port(environment, "PORT", default=7860),
        read_port(environment, "LPR_DASHBOARD_PORT", default=8501),
    )
    if ports[0] == ports[1]:
        raise ValueError(f"PORT and LPR_DASHBOARD_PORT must differ. Received: {ports[0]} twice")
    return (
        App("web", "labelling app", host, ports[0], "PORT", "LPR_LABELER_URL"),
        App("dashboard", "dashboard", host, ports[1], "LPR_DASHBOARD_PORT", "LPR_DASHBOARD_URL"),
    )


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


def run_apps(apps: Sequence[App], procfile: Path | None = None) -> int:
    """Run the apps until Ctrl-C or until one of them falls; return the exit status.

    Args:
        apps: What is to run.
        procfile: Says how; the checkout's, or the one that travels with the packages.

    No app outlives this call. 0 says that a person or a platform ended them, 1 that one fell.
    """
    commands = read_commands(procfile or find_procfile())
    threading.Thread(target=_announce, args=(apps,), daemon=True).start()
    fallen = supervise(
        [Command(app.process, commands[app.process], _environment(app, apps)) for app in apps],
        KILL_WAIT,
    )
    if not fallen:
        print("Both ended.")
        return 0
    titles = " and the ".join(app.title for app in apps if app.process in fallen)
    print(f"The {titles} ended unasked (last words above), so nothing runs any more.")
    return 1


def read_commands(procfile: Path) -> dict[str, str]:
    """Return the Procfile's lines by process, the dashboard's script by its whole path.

    They can then be run from any folder, and paths that people give start from theirs.
    """
    script = shlex.quote(str(ROOT_DIR / DASHBOARD_SCRIPT))
    return {
        process: line.replace(DASHBOARD_SCRIPT, script)
        for process, line in parse_procfile(procfile.read_text()).processes.items()
    }


def find_procfile() -> Path:
    """Return the checkout's Procfile, or the one that a wheel has inside the package."""
    packed = Path(__file__).resolve().parent / "Procfile"
    return packed if packed.is_file() else ROOT_DIR / "Procfile"


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
