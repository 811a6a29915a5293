"""What the first page asks the server: pictures in, readings out, corrections in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from app.labeler.calls import Data, Visitor, page_calls
from app.labeler.desk import LabelDesk
from lpr_core.data.shipped import list_samples


def make_sheet_functions(desk: LabelDesk) -> list[Callable[..., Any]]:
    """Return the functions of the page; see `page_calls`."""

    def read_upload(data: Data, _visitor: Visitor) -> Data:
        path = uploaded_path(data["path"])
        return desk.read(path.read_bytes(), data["name"], data["region"] or None)

    def read_sample(data: Data, _visitor: Visitor) -> Data:
        path = next(sample.path for sample in list_samples() if sample.name == data["name"])
        return desk.read(path.read_bytes(), path.name, data["region"] or None)

    def read_again(data: Data, _visitor: Visitor) -> Data:
        return {"cards": desk.read_again(data["picture_ids"], data["region"] or None)}

    def correct(data: Data, visitor: Visitor) -> Data:
        return desk.correct(data["picture_id"], data["text"], data["mark"], visitor.name)

    def waiting(data: Data, visitor: Visitor) -> Data:
        # Where several people work, the queue hands out what waits, each plate to one of them.
        if not (visitor.alone or data["picture_id"]):
            return {"cards": [], "alone": False}
        return {"cards": desk.waiting(data["picture_id"]), "alone": visitor.alone}

    return page_calls(read_upload, read_sample, read_again, correct, waiting)


def uploaded_path(path: str) -> Path:
    """Return where an upload lies.

    Raises:
        ValueError: It is no upload.
    """
    found = Path(path).resolve()
    if not found.is_relative_to(Path(get_upload_folder()).resolve()):
        raise ValueError("Only an uploaded file can be read.")
    return found
