"""What the labelling app serves beside Gradio: health, pictures, downloads."""

import io
import tempfile
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, JSONResponse, Response
from PIL import Image
from starlette.background import BackgroundTask

from app.samples import list_samples
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.exchange import ExportKind, export_labels
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

    @server.get("/export/{kind}")
    def export(kind: ExportKind) -> FileResponse:
        """Send the labels as a file to save."""
        path = write_export(store, kind)
        return FileResponse(path, filename=f"lpr-{kind}", background=BackgroundTask(path.unlink))


def write_export(store: LabelStore, kind: ExportKind) -> Path:
    """Write an export to a temporary file that the caller removes."""
    with tempfile.NamedTemporaryFile(prefix="lpr-", suffix=f"-{kind}", delete=False) as stream:
        path = Path(stream.name)
    try:
        export_labels(store, kind, path)
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
