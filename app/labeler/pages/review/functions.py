"""What the review page asks the server: readings that differ, and the reviewer's word."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Visitor, page_calls
from app.labeler.desk import make_card
from lpr_core.labels import AccessKind, Disagreement, LabelStore, Mark, Role


def make_review_functions(store: LabelStore) -> list[Callable[..., Any]]:
    """Return the functions of the page; see `page_calls`."""

    def review_projects(_data: Data, _visitor: Visitor) -> Data:
        return {
            "projects": [(project.name, project.project_id) for project in store.projects.list()]
        }

    def disputes(data: Data, visitor: Visitor) -> Data:
        found = store.quality.disagreements(int(data["project_id"]))
        store.accesses.note_look(
            visitor.name, AccessKind.SEARCH, where="disputes", shown=len(found)
        )
        return {"disputes": [_show_dispute(dispute) for dispute in found]}

    def resolve(data: Data, visitor: Visitor) -> Data:
        mark = Mark(data["mark"])
        store.quality.resolve(data["picture_id"], visitor.worker, mark, data["text"])
        return {"resolved": True}

    return page_calls(review_projects, disputes, resolve, role=Role.REVIEWER)


def _show_dispute(dispute: Disagreement) -> Data:
    record, second = dispute.record, dispute.second
    card = make_card(record)
    return {name: card[name] for name in ("id", "name", "width", "height", "read")} | {
        "first": {name: card[name] for name in ("author", "text", "mark")},
        "second": {"author": second.author, "text": second.text, "mark": second.mark.value},
    }
