"""Run a few commands side by side and end them together; no process of theirs outlives it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from honcho.colour import get_colours
from honcho.printer import Message, Printer

_POLL_SECONDS = 0.1
_LAST_WORDS_SECONDS = 2.0


@dataclass(frozen=True)
class Command:
    """A line for the shell, what it is called in the log, and its environment."""

    name: str
    line: str
    environment: Mapping[str, str]


class _Running:
    """A command that runs: a session of its own, and a thread that prints what it says."""

    def __init__(self, command: Command, printer: Printer, colour: str) -> None:
        self.name = command.name
        self._printer, self._colour = printer, colour
        self._process = subprocess.Popen(
            command.line,
            shell=True,  # as a platform runs a line of a Procfile
            env=dict(command.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C of the terminal reaches us alone
        )
        self._thread = threading.Thread(target=self._print, daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether nobody of the session can say anything any more."""
        return not self._thread.is_alive()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to everybody of the session that is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def wait(self, seconds: float) -> None:
        self._thread.join(max(0.0, seconds))

    def _print(self) -> None:
        assert self._process.stdout is not None, "it is a pipe"
        with self._process.stdout as said:
            for line in said:
                with contextlib.suppress(OSError):  # our own terminal may be closed
                    message = Message("line", line, datetime.now(), self.name, self._colour)
                    self._printer.write(message)
        self._process.wait()


def supervise(commands: Sequence[Command], kill_seconds: float) -> list[str]:
    """Run commands until a signal comes or one of them ends; then end all of them.

    Ctrl-C, a platform's SIGTERM and a closed terminal end them. The handlers of these signals stay.

    Args:
        commands: Each gets a session of its own.
        kill_seconds: Who has not ended so long after SIGTERM is killed.

    Returns:
        Names of the commands that had ended before anybody asked them to.
    """
    asked: list[int] = []  # no Event: a handler that interrupts its `wait` could wait for it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda came, _frame: asked.append(came))
    printer = Printer(sys.stdout, width=max(len(command.name) for command in commands))
    running: list[_Running] = []
    try:
        for command, colour in zip(commands, get_colours(), strict=False):  # colours never end
            running.append(_Running(command, printer, colour))
        while not asked and not any(one.has_ended for one in running):
            time.sleep(_POLL_SECONDS)
        fallen = [one.name for one in running if one.has_ended]
        _end(running, signal.SIGTERM, kill_seconds)
    finally:
        _end(running, signal.SIGKILL, _LAST_WORDS_SECONDS)
    return fallen


def _end(running: Sequence[_Running], number: signal.Signals, seconds: float) -> None:
    """Send a signal to all and wait until they have ended, but not longer than that."""
    for one in running:
        one.send(number)
    ends_at = time.monotonic() + seconds
    for one in running:
        one.wait(ends_at - time.monotonic())
