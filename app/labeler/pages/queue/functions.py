"""What the queue page asks the server: plates to check, answers, undo, leases."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.faults import unforeseen
from app.labeler.calls import Data, Visitor, page_calls, project_choices
from app.labeler.desk import LabelDesk, make_card
from lpr_core.labels import Assignment, LabelStore, LeaseError, Mark, Order, Progress, StoreError
from lpr_core.plates.patterns import all_patterns

log = logging.getLogger(__name__)

MAX_COUNT = 5
ORDER_NAMES = {
    "worst": "Least sure first",
    "disagreement": "Readers disagree",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "random": "Random",
}


def order_choices() -> list[tuple[str, str]]:
    """Return (name, order) of every order that the store knows."""
    return [(ORDER_NAMES.get(order, order), order) for order in map(str, Order)]


def region_templates() -> dict[str, list[str]]:
    """Return the templates of each region and family, without repetitions."""
    templates: dict[str, dict[str, None]] = {}
    for pattern in all_patterns():
        for code in {pattern.region, pattern.family}:
            templates.setdefault(code, {})[pattern.template] = None
    return {code: list(found) for code, found in sorted(templates.items())}


def make_queue_functions(
    desk: LabelDesk, store: LabelStore, wake_reader: Callable[[], None]
) -> list[Callable[..., Any]]:
    """Return the functions of the page; see `page_calls`.

    Args:
        desk: Reads plates.
        store: Where everything is kept.
        wake_reader: Called when somebody begins to work: what nobody has read cannot be ordered.
    """

    def desk_of(visitor: Visitor) -> LabelDesk:
        return desk.seen_by(visitor.worker, sees_all=visitor.sees_all)

    def open_queue(_data: Data, visitor: Visitor) -> Data:
        wake_reader()
        name = "" if visitor.alone else visitor.name
        return {"alone": visitor.alone, "name": name, "projects": project_choices(store)}

    def next_plates(data: Data, visitor: Visitor) -> Data:
        project = store.projects.get(int(data["project_id"]))
        handed = store.queue.hand_out(
            visitor.worker,
            project_id=project.project_id,
            order=Order(data["order"]),
            region=data["region"] or None,
            count=min(int(data["count"]), MAX_COUNT),
        )
        return {
            "tasks": [_make_task(desk_of(visitor), task, project.region) for task in handed],
            "progress": _show_progress(store.queue.progress(project.project_id, visitor.worker)),
        }

    def go_on(data: Data, visitor: Visitor, kept: str) -> Data:
        """Hand out after something was stored; when that fails, say what is kept all the same."""
        try:
            return next_plates(data, visitor)
        except (ValueError, StoreError) as error:
            return {"tasks": [], "note": f"{kept}, but no further plate came: {error}"}
        except unforeseen():
            log.exception("Handing out failed")
            return {"tasks": [], "note": f"{kept}, but no further plate came; the log says why."}

    def answer(data: Data, visitor: Visitor) -> Data:
        store.queue.submit(
            int(data["assignment_id"]),
            visitor.worker,
            Mark(data["mark"]),
            data["text"],
            float(data["seconds"]),
        )
        return go_on(data, visitor, "Your answer is kept")

    def skip(data: Data, visitor: Visitor) -> Data:
        store.queue.skip(int(data["assignment_id"]), visitor.worker)
        return go_on(data, visitor, "The plate is skipped")

    def undo(data: Data, visitor: Visitor) -> Data:
        reopened = store.queue.undo(visitor.worker)
        region = store.projects.get(reopened.project_id).region
        task = _make_task(desk_of(visitor), reopened, region)
        return go_on(data, visitor, "Your answer is taken back") | {"reopened": task}

    def renew(data: Data, visitor: Visitor) -> Data:
        kept, lost = {}, []
        for assignment_id in map(int, data["assignment_ids"][:MAX_COUNT]):
            try:
                kept[assignment_id] = _seconds_left(
                    store.queue.renew(assignment_id, visitor.worker)
                )
            except LeaseError:
                lost.append(assignment_id)
        return {"kept": kept, "lost": lost}

    def release(_data: Data, visitor: Visitor) -> Data:
        store.queue.release(visitor.worker)
        return {"released": True}

    def read_as(data: Data, visitor: Visitor) -> Data:
        return {"read": desk_of(visitor).read_as(data["picture_id"], data["region"] or None)}

    return page_calls(open_queue, next_plates, answer, skip, undo, renew, release, read_as)


def _show_progress(progress: Progress) -> Data:
    return {
        "left": progress.left,
        "done_today": progress.done_today,
        "median_seconds": progress.median_seconds,
    }


def _make_task(own_desk: LabelDesk, assignment: Assignment, region: str | None) -> Data:
    """Return what the page may know of a plate: never what a person has said, nor why it comes.

    A second reading and a gold plate look like every other plate.
    """
    card = make_card(own_desk.have_read(assignment.record, region))
    shown = ("id", "name", "width", "height", "read")
    return {name: card[name] for name in shown} | {
        "assignment_id": assignment.assignment_id,
        "seconds_left": _seconds_left(assignment),
    }


def _seconds_left(assignment: Assignment) -> float:
    return max(0.0, (assignment.expires_at - datetime.now(UTC)).total_seconds())
