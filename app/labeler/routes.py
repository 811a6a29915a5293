"""What the labelling app serves beside Gradio: health, pictures, downloads."""

import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from PIL import Image
from starlette.background import BackgroundTask

from app.labeler.door.sign_in import current_user
from lpr_core.data.shipped import list_samples
from lpr_core.labels import Access, AccessKind, AuditRow, LabelStore, StoreError
from lpr_core.labels.exchange import ExportKind, Selection, export_labels
from lpr_core.labels.pictures import is_picture_id

PREVIEW_WIDTH = 800
# A picture is named by its content, so a browser may keep it for ever.
KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}


def add_routes(server: FastAPI, store: LabelStore) -> None:
    """Add `/health`, `/picture/ID`, `/sample/NAME` and `/export/FILE` to a server."""

    @server.get("/health")
    def health() -> JSONResponse:
        """Answer when the store answers."""
        try:
            store.ping()
        except StoreError as error:
            return JSONResponse({"status": "failing", "reason": str(error)}, 503)
        return JSONResponse({"status": "ok"})

    @server.get("/picture/{picture_id}")
    def picture(picture_id: str) -> Response:
        """Send a stored picture, at most `PREVIEW_WIDTH` wide."""
        path = _picture_path(store, picture_id)
        if path is None or not path.is_file():
            raise HTTPException(404, "No such picture.")
        return Response(shrink_picture(path), media_type="image/webp", headers=KEEP)

    @server.get("/sample/{name}")
    def sample(name: str) -> FileResponse:
        """Send one of the shipped sample plates."""
        for found in list_samples():
            if found.name == name:
                return FileResponse(found.path)
        raise HTTPException(404, "No such sample.")

    @server.get("/export/audit.jsonl")
    def audit(request: Request) -> StreamingResponse:
        """Send everything that ever happened, one JSON object a line."""
        store.accesses.note(current_user(request).name, AccessKind.EXPORT, format="audit.jsonl")
        name = {"Content-Disposition": 'attachment; filename="lpr-audit.jsonl"'}
        return StreamingResponse(_json_lines(store.audit()), 200, name, "application/jsonl")

    @server.get("/export/accesses.jsonl")
    def accesses(request: Request) -> StreamingResponse:
        """Send who looked at what and exported it, newest first, one JSON object a line."""
        store.accesses.note(current_user(request).name, AccessKind.EXPORT, format="accesses.jsonl")
        name = {"Content-Disposition": 'attachment; filename="lpr-accesses.jsonl"'}
        return StreamingResponse(_json_lines(store.accesses.rows()), 200, name, "application/jsonl")

    @server.get("/export/{kind}")
    def export(
        request: Request,
        kind: ExportKind,
        mark: str = "",
        person: str = "",
        region: str = "",
        project: str = "",
        since: str = "",
        until: str = "",
    ) -> FileResponse:
        """Send the labels as a file to save: all, or those that the history page shows."""
        try:
            wanted = Selection(
                since=read_day(since),
                until=read_day(until, days=1),
                person=person or None,
                mark=mark or None,
                region=region or None,
                project_id=_read_number("project", project),
            )
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        path = write_export(store, kind, current_user(request).name, wanted)
        return FileResponse(path, filename=f"lpr-{kind}", background=BackgroundTask(path.unlink))


def read_day(text: str, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many days later, in UTC; None for no text.

    Raises:
        ValueError: It is no day.
    """
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC) + timedelta(days)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"A day is written as 2026-12-31. Received: {text!r:.80}") from error


def _read_number(name: str, text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"`{name}` must be a number. Received: {text!r:.80}")
    return int(text) if text else None


def _json_lines(rows: Iterable[AuditRow] | Iterable[Access]) -> Iterator[str]:
    for row in rows:
        happened_at = row.happened_at.isoformat()
        yield json.dumps(asdict(row) | {"happened_at": happened_at}, ensure_ascii=False) + "\n"


def write_export(
    store: LabelStore, kind: ExportKind, actor: str, wanted: Selection | None = None
) -> Path:
    """Note that somebody exports, and write it to a temporary file that the caller removes."""
    chosen = {name: value for name, value in vars(wanted or Selection()).items() if value}
    store.accesses.note(actor, AccessKind.EXPORT, format=kind.value, **chosen)
    with tempfile.NamedTemporaryFile(prefix="lpr-", suffix=f"-{kind}", delete=False) as stream:
        path = Path(stream.name)
    try:
        export_labels(store, kind, path, wanted or Selection())
    except StoreError:
        path.unlink()
        raise
    return path


@lru_cache(maxsize=512)
def shrink_picture(path: Path) -> bytes:
    """Return a stored picture as WebP, at most `PREVIEW_WIDTH` wide."""
    stream = io.BytesIO()
    with Image.open(path) as image:
        image.thumbnail((PREVIEW_WIDTH, image.height))
        image.save(stream, "WEBP", quality=90)
    return stream.getvalue()


def _picture_path(store: LabelStore, picture_id: str) -> Path | None:
    if not is_picture_id(picture_id):
        return None
    try:
        return store.pictures_dir / store.history(picture_id).picture.file_name
    except ValueError:
        return None
