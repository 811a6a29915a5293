"""What the scripts of the pages may ask the server: each call has one JSON object, and one back."""

import logging
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from app.label_desk import Card, LabelDesk
from app.labeler_view import mark_choices, past_readings, say_place
from app.samples import list_samples
from lpr_core.labels import MARKS, LabelStore, StoreError

log = logging.getLogger(__name__)


def make_sheet_functions(desk: LabelDesk) -> list[Callable[..., Any]]:
    """Return the functions of the sheet: pictures in, corrections in, cards out."""

    def read_upload(data: dict[str, Any]) -> Card:
        path = Path(data["path"]).resolve()
        if not path.is_relative_to(Path(get_upload_folder()).resolve()):
            raise ValueError("Only an uploaded file can be read.")
        return desk.read(path.read_bytes(), data["name"], data["region"] or None)

    def read_sample(data: dict[str, Any]) -> Card:
        path = next(sample.path for sample in list_samples() if sample.name == data["name"])
        return desk.read(path.read_bytes(), path.name, data["region"] or None)

    def read_again(data: dict[str, Any]) -> dict[str, list[Card]]:
        return {"cards": desk.read_again(data["picture_ids"], data["region"] or None)}

    def correct(data: dict[str, Any]) -> Card:
        return desk.correct(data["picture_id"], data["text"], data["mark"], data["author"])

    def waiting(data: dict[str, Any]) -> dict[str, list[Card]]:
        return {"cards": desk.waiting(data["picture_id"])}

    return [_explain(call) for call in (read_upload, read_sample, read_again, correct, waiting)]


def make_past_functions(store: LabelStore) -> list[Callable[..., Any]]:
    """Return the functions of the past readings: one, that finds plates."""

    def find(data: dict[str, Any]) -> dict[str, Any]:
        mark = data["mark"] if data["mark"] in MARKS else None
        page = store.search(data["query"], mark, int(data["page"]))
        return {
            "html": past_readings(page, filtered=bool(data["query"] or mark)),
            "place": say_place(page),
            "page": page.number,
            "num_pages": page.num_pages,
            "marks": mark_choices(store.counts()),
        }

    return [_explain(find)]


def _explain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Answer `{"error": sentence}` instead of failing."""

    @wraps(function)
    def call(data: dict[str, Any]) -> Any:
        try:
            return function(data)
        except (ValueError, StoreError) as error:
            return {"error": str(error)}
        except Exception:
            log.exception("%s failed", function.__name__)
            return {"error": "Something went wrong here; the app's log says what."}

    return call
