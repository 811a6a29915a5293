"""What the first page asks the server: pictures in, readings out, corrections in."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Visitor, page_calls
from app.labeler.desk import LabelDesk
from app.labeler.door.upload_files import check_upload
from lpr_core.data.shipped import list_samples


def make_sheet_functions(desk: LabelDesk) -> list[Callable[..., Any]]:
    """Return the functions of the page; see `page_calls`."""

    def desk_of(visitor: Visitor) -> LabelDesk:
        return desk.seen_by(visitor.name, sees_all=visitor.sees_all)

    def read_upload(data: Data, visitor: Visitor) -> Data:
        path = check_upload(data["path"])
        return desk_of(visitor).read(path, data["name"], data["region"] or None)

    def read_sample(data: Data, visitor: Visitor) -> Data:
        path = next(sample.path for sample in list_samples() if sample.name == data["name"])
        return desk_of(visitor).read(path, path.name, data["region"] or None)

    def read_again(data: Data, visitor: Visitor) -> Data:
        return {"cards": desk_of(visitor).read_again(data["picture_ids"], data["region"] or None)}

    def correct(data: Data, visitor: Visitor) -> Data:
        return desk_of(visitor).correct(
            data["picture_id"], data["text"], data["mark"], visitor.name
        )

    def waiting(data: Data, visitor: Visitor) -> Data:
        # Where several people work, the queue hands out what waits, each plate to one of them.
        if not (visitor.alone or data["picture_id"]):
            return {"cards": [], "alone": False}
        return {"cards": desk_of(visitor).waiting(data["picture_id"]), "alone": visitor.alone}

    return page_calls(read_upload, read_sample, read_again, correct, waiting)
