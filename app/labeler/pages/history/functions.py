"""What the history page asks the server: find plates, take a verdict back, make a gold plate."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Visitor, page_calls, project_choices
from app.labeler.pages.view import mark_choices, past_readings, say_place
from app.labeler.routes import read_day
from lpr_core.labels import MARKS, LabelStore, Mark, PersonalView, PlateRecord, Role


def make_history_functions(store: LabelStore) -> list[Callable[..., Any]]:
    """Return the functions of the page; see `page_calls`."""

    def view_of(visitor: Visitor) -> PersonalView:
        return store.seen_by(visitor.worker, sees_all=visitor.sees_all)

    def open_history(_data: Data, visitor: Visitor) -> Data:
        return {
            "projects": project_choices(store),
            "people": list(store.authors()),
            "marks": mark_choices(store.counts()),
            "may_download": visitor.role.includes(Role.REVIEWER),
        }

    def find_plates(data: Data, visitor: Visitor) -> Data:
        mark = data["mark"] if data["mark"] in MARKS else None
        project_id = int(data["project"]) if data["project"] else None
        page = view_of(visitor).search(
            data["query"],
            mark,
            int(data["page"]),
            project_id=project_id,
            person=data["person"] or None,
            region=data["region"] or None,
            since=read_day(data["since"]),
            until=read_day(data["until"], days=1),
        )
        filters = ("query", "person", "region", "project", "since", "until")
        return {
            "html": past_readings(
                page,
                filtered=bool(mark or any(data[name] for name in filters)),
                may_make_gold=visitor.role.includes(Role.REVIEWER),
            ),
            "place": say_place(page),
            "page": page.number,
            "num_pages": page.num_pages,
            "marks": mark_choices(store.counts(project_id)),
        }

    def take_back(data: Data, visitor: Visitor) -> Data:
        view = view_of(visitor)
        record = view.history(data["picture_id"])
        if not record.revisions or record.revisions[-1].revision_id != int(data["revision_id"]):
            raise ValueError("Somebody has changed this plate meanwhile; look at it again.")
        mark, text = _stood_before(record)
        view.add_revision(data["picture_id"], mark, text, visitor.name)
        return {"done": True}

    def make_gold(data: Data, visitor: Visitor) -> Data:
        store.quality.set_gold(data["picture_id"], data["text"], visitor.worker)
        return {"done": True}

    return [
        *page_calls(open_history, find_plates, take_back),
        *page_calls(make_gold, role=Role.REVIEWER),
    ]


def _stood_before(record: PlateRecord) -> tuple[Mark, str]:
    """Return the verdict that the latest revision has replaced."""
    if len(record.revisions) < 2:
        return Mark.UNCHECKED, ""
    before = record.revisions[-2]
    return before.mark, before.after
