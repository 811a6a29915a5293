"""Keep the disk clean: uploads in a folder of our own that is swept, and room that stays free."""

import asyncio
import contextlib
import getpass
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

UPLOAD_LIFE_SECONDS = 3600
SWEEP_SECONDS = 600
MIN_FREE_BYTES = 500_000_000
"""No upload is taken below this, so that corrections can still be saved."""


def uploads_dir() -> Path:
    """Return the folder of uploads, not made yet: `GRADIO_TEMP_DIR`, else one of our own.

    Gradio's own default is shared by all accounts of a machine and by all Gradio apps; what a
    killed app leaves there, nobody removes.
    """
    account = getattr(os, "getuid", getpass.getuser)()
    own = Path(tempfile.gettempdir()) / f"lpr-uploads-{account}"
    return Path(os.environ.get("GRADIO_TEMP_DIR") or own)


def claim_uploads_dir() -> Path:
    """Make the folder of uploads, readable for us alone, and return it.

    Raises:
        ValueError: Another account has put a folder in its place.
    """
    folder = uploads_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
        raise ValueError(f"{folder} belongs to another account; set GRADIO_TEMP_DIR.")
    return folder


def sweep_uploads(folder: Path, life_seconds: float = UPLOAD_LIFE_SECONDS) -> int:
    """Remove files that are older than `life_seconds`, then empty folders; return how many files.

    What a person brought in lies in the store by then. Links are removed, never followed.
    """
    now = time.time()
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):  # what is inside comes first
        with contextlib.suppress(OSError):  # in use, or gone already
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif abs(now - path.lstat().st_mtime) > life_seconds:  # or the clock ran ahead
                path.unlink()
                removed += 1
    return removed


@contextlib.asynccontextmanager
async def keep_clean(folder: Path) -> AsyncIterator[None]:
    """Sweep now, and every `SWEEP_SECONDS` while the server runs."""

    async def sweep_for_ever() -> None:
        while True:
            await asyncio.to_thread(sweep_uploads, folder)
            await asyncio.sleep(SWEEP_SECONDS)

    task = asyncio.create_task(sweep_for_ever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class KeepRoom:
    """ASGI middleware: answers 507 to uploads when the disk is nearly full.

    Args:
        app: What takes the uploads.
        folders: Where files are written; each needs `MIN_FREE_BYTES`.
        path: The upload route.
    """

    def __init__(self, app: ASGIApp, folders: tuple[Path, ...], path: str) -> None:
        self._app = app
        self._folders = folders
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what there is room for."""
        if scope["type"] == "http" and scope["path"] == self._path and self._is_full():
            sentence = "The disk of this server is nearly full, so it takes no more files."
            await JSONResponse({"error": sentence}, 507)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_full(self) -> bool:
        return any(shutil.disk_usage(folder).free < MIN_FREE_BYTES for folder in self._folders)
