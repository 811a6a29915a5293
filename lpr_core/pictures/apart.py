"""Decode strangers' pictures in processes of their own, which end when they take too long.

A decoder that hangs cannot be stopped from within: it holds its thread for ever. Here the process
is killed, whatever it does, and one that crashes takes nothing else along.
"""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import LifoQueue
from typing import IO

import numpy as np

import lpr_core
from lpr_core.pictures.decoding import MAX_BYTES, MAX_PIXELS, Picture, PictureError, read_picture

DECODE_SECONDS = 30.0
"""The largest picture that is read takes some two seconds on a slow machine."""
MAX_DECODERS = max(2, min(4, os.cpu_count() or 1))
_LENGTH = struct.Struct(">Q")
_MAX_HEAD_BYTES = 10_000
_TOO_SLOW = "The picture takes longer to decode than {:g} seconds, the most that is waited."
_CRASHED = "The picture is damaged: its decoder crashed."


class Decoder:
    """One process that decodes one picture after the other; a new one when it is gone.

    Args:
        seconds: The most that one picture may take.
        command: What is started; the process of this module by default.
    """

    def __init__(self, seconds: float = DECODE_SECONDS, command: Sequence[str] = ()) -> None:
        self._seconds = seconds
        self._command = list(command) or [sys.executable, "-m", "lpr_core.pictures.apart"]
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, content: bytes) -> Picture:
        """Return the picture in the bytes of a file, as `read_picture` does.

        Raises:
            PictureError: As `read_picture`; or it took too long, or the process died of it.
        """
        if len(content) > MAX_BYTES:
            raise PictureError(f"The file is larger than {MAX_BYTES / 1e6:g} MB.")
        process = self._start()
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            _send(process.stdin, content)
            return _receive_picture(process.stdout)
        except (OSError, EOFError, ValueError) as error:
            if isinstance(error, PictureError):
                raise
            self.close()
            sentence = _TOO_SLOW.format(self._seconds) if is_late.is_set() else _CRASHED
            raise PictureError(sentence) from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process; the next picture starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what was on its way has nobody to take it
                if stream is not None:
                    stream.close()
        process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        root = Path(lpr_core.__file__).resolve().parents[1]
        paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C is for us; when we are gone, its input ends
        )
        return self._process


class _Decoders:
    """All decoders of this process: as many as pictures are decoded at once, up to a bound."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: LifoQueue[Decoder] = LifoQueue()
        self._all: list[Decoder] = []

    def decode(self, content: bytes) -> Picture:
        decoder = self._take()
        try:
            return decoder.decode(content)
        finally:
            self._free.put(decoder)

    def close(self) -> None:
        for decoder in self._all:
            decoder.close()

    def _take(self) -> Decoder:
        with self._lock:
            if self._free.empty() and len(self._all) < MAX_DECODERS:
                self._all.append(Decoder())
                return self._all[-1]
        return self._free.get()


_decoders = _Decoders()
atexit.register(_decoders.close)


def _begin_anew() -> None:
    """A fork must not speak into the pipes of the process that it came from."""
    global _decoders
    _decoders = _Decoders()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def read_picture_apart(content: bytes) -> Picture:
    """Return what `read_picture` returns for the bytes of a file that a stranger has made.

    Raises:
        PictureError: As `read_picture`; or it takes longer than `DECODE_SECONDS`, or crashes.
    """
    return _decoders.decode(content)


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Decode what comes until nothing comes: the other end of a `Decoder`."""
    while True:
        try:
            content = _receive(source, MAX_BYTES)
        except EOFError:
            return
        try:
            picture = read_picture(content)
        except PictureError as error:
            _send(target, json.dumps({"error": str(error)}).encode())
        else:
            _send(target, json.dumps({"shape": picture.shape}).encode())
            _send(target, picture.tobytes())


def _receive_picture(stream: IO[bytes]) -> Picture:
    head = json.loads(_receive(stream, _MAX_HEAD_BYTES))
    if "error" in head:
        raise PictureError(str(head["error"]))
    samples = np.frombuffer(_receive(stream, 3 * MAX_PIXELS), np.uint8)
    return samples.reshape(head["shape"]).copy()


def _send(stream: IO[bytes], content: bytes) -> None:
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def _receive(stream: IO[bytes], most: int) -> bytes:
    """Return the next message.

    Raises:
        EOFError: The other end is gone.
        ValueError: It is longer than it may be.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("no further message")
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise ValueError(f"A message may have {most} bytes. Received: {length}")
    content = stream.read(length)
    if len(content) < length:
        raise EOFError("a message is cut off")
    return content


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
