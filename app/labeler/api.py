"""The labelling app's endpoints for programs: `gradio_client.Client(URL).predict(...)`, and tools.

Their names, docstrings and types are what /?view=api and MCP clients show. Where people have
accounts, a program sends `Authorization: Bearer TOKEN` and acts as the token's person.
"""

# ruff: noqa: D417 - no caller ever sees `request`, so the descriptions leave it out

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, get_type_hints

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from app.faults import unforeseen
from app.labeler.calls import NAMELESS
from app.labeler.desk import Card, LabelDesk, Photo, make_card, show_history
from app.labeler.door.malformed import OUR_FAULT, STORE_FAILS
from app.labeler.door.sign_in import current_user, require_role
from app.labeler.door.upload_files import check_upload
from app.labeler.routes import write_export
from lpr_core.labels import Assignment, LabelStore, Mark, Order, Role, StoreError, User
from lpr_core.labels.exchange import ExportKind

log = logging.getLogger(__name__)

MAX_READS_WAITING = 16
MAX_PLATES = 20
CALLS_AT_ONCE = 8


def add_endpoints(desk: LabelDesk, store: LabelStore) -> None:
    """Add all endpoints; call it inside of `gr.Blocks`."""
    for endpoint in (*plate_endpoints(desk, store), *_queue_endpoints(store)):
        # Not in Gradio's queue: a tool call would else connect to its own server once more, at the
        # host that the caller has named.
        gr.api(_explain(endpoint), queue=False, concurrency_limit=CALLS_AT_ONCE)


def plate_endpoints(desk: LabelDesk, store: LabelStore) -> tuple[Callable[..., Any], ...]:
    """Return read, correct, history and export: what concerns plates that one names."""
    turns = threading.BoundedSemaphore(MAX_READS_WAITING)

    def read(request: gr.Request, picture: gr.FileData, region: str = "") -> dict[str, Any]:
        """Find and read the plates in a picture, and keep each with its reading.

        Args:
            picture: JPEG, PNG, WebP, BMP or TIFF photo, or crop of one plate; at most 25 MB. As a
                tool, a data URL in base64; addresses are not fetched.
            region: Where the plate comes from, such as br, eu, us-ca; empty when unknown.

        Returns:
            id (for /correct), text, mark, and under read what the model said, symbol by symbol.
            Where is_readable is false there is no text: note says "no plate that can be read".
            This is the plate that is most likely meant; plates has all of them, each with its box
            (left, top, right, bottom as shares of the picture's size; null of a crop).
        """
        user = current_user(request)
        path = check_upload(picture["path"] if isinstance(picture, dict) else "")
        if not turns.acquire(blocking=False):
            raise ValueError(f"{MAX_READS_WAITING} pictures are being read; try again in a moment.")
        try:
            name = picture.get("orig_name") or path.name
            return _show_photo(_desk_of(desk, user).read(path, name, region or None))
        finally:
            turns.release()

    def correct(
        request: gr.Request, picture_id: str, text: str = "", mark: str = "", author: str = ""
    ) -> dict[str, Any]:
        """Say what a plate really says; every call is kept, none overwrites another.

        Args:
            picture_id: The id that /read gave.
            text: The plate's text; equal to what was read, it is marked correct, else corrected.
            mark: unreadable or not_a_plate, instead of a text.
            author: Who says so; where people have accounts, the caller's account counts.

        Returns:
            The plate as it now stands.
        """
        user = current_user(request)
        return _desk_of(desk, user).correct(picture_id, text, mark, user.name or author)

    def history(
        request: gr.Request, query: str = "", mark: str = "", page: int = 1
    ) -> dict[str, Any]:
        """Find plates, newest first, each with all readings and revisions.

        Args:
            query: Part of a plate text or of a file name; empty for all.
            mark: unchecked, correct, corrected, unreadable or not_a_plate; empty for all.
            page: From 1.

        Returns:
            total, page, num_pages, and the plates of this page.
        """
        user = current_user(request)
        view = store.seen_by(user.name, sees_all=user.role.includes(Role.REVIEWER))
        found = view.search(query, mark or None, page)
        return {
            "total": found.total,
            "page": found.number,
            "num_pages": found.num_pages,
            "plates": [show_history(record) for record in found.records],
        }

    def export(request: gr.Request, kind: str = ExportKind.MANIFEST.value) -> gr.FileData:
        """Hand out the labels as a file; for reviewers and admins.

        Args:
            kind: manifest.csv (checked plates to train on), plates.zip (the same with pictures),
                rec_gt.txt (for PaddleOCR), label-studio.json or history.jsonl (everything that
                was ever said).

        Returns:
            The file.
        """
        user = require_role(request, Role.REVIEWER)
        path = write_export(store, ExportKind(kind), user.name)
        # In its cache Gradio looks after the file: it sends it, and removes it in time.
        cached = save_file_to_cache(path, get_upload_folder())
        path.unlink()
        return gr.FileData(path=cached, orig_name=kind)

    return read, correct, history, export


def _desk_of(desk: LabelDesk, user: User) -> LabelDesk:
    return desk.seen_by(user.name, sees_all=user.role.includes(Role.REVIEWER))


def _show_photo(photo: Photo) -> dict[str, Any]:
    boxes = photo["boxes"] or [None] * len(photo["cards"])
    plates = [{**card, "box": box} for card, box in zip(photo["cards"], boxes, strict=True)]
    return {**plates[0], "plates": plates}


def _queue_endpoints(store: LabelStore) -> tuple[Callable[..., Any], ...]:
    def queue(
        request: gr.Request,
        count: int = 1,
        order: str = "worst",
        region: str = "",
        project: str = "default",
        annotator: str = "",
    ) -> dict[str, Any]:
        """Take plates to check; for ten minutes they are handed to nobody else.

        Args:
            count: How many, 1 to 20.
            order: worst (least sure first), disagreement, newest, oldest or random.
            region: Only plates that were read as of this region; empty for all.
            project: Name of the project.
            annotator: Who asks; where people have accounts, the caller's account counts.

        Returns:
            plates, each with the assignment_id that /submit and /skip want, and how many are left.
        """
        name = _worker(request, annotator)
        project_id = store.projects.get(project).project_id
        handed = store.queue.hand_out(
            name,
            project_id=project_id,
            order=Order(order),
            region=region or None,
            count=min(max(1, count), MAX_PLATES),
        )
        left = store.queue.progress(project_id, name).left
        return {"plates": [_show_task(assignment) for assignment in handed], "left": left}

    def submit(
        request: gr.Request,
        assignment_id: int,
        text: str = "",
        mark: str = "",
        seconds: float = 0,
        annotator: str = "",
    ) -> dict[str, Any]:
        """Answer a plate that /queue gave; a repeated answer changes nothing.

        Args:
            assignment_id: From /queue.
            text: What the plate says.
            mark: unreadable or not_a_plate, instead of a text.
            seconds: How long the person looked at it.
            annotator: As for /queue.

        Returns:
            id of the plate, and saved: true.
        """
        name = _worker(request, annotator)
        verdict = Mark(mark) if mark else None
        record = store.queue.submit(assignment_id, name, verdict, text, seconds)
        return {"id": record.picture.picture_id, "saved": True}

    def skip(
        request: gr.Request, assignment_id: int, reason: str = "", annotator: str = ""
    ) -> dict[str, Any]:
        """Give a plate back unanswered; it goes behind the others, to somebody else.

        Args:
            assignment_id: From /queue.
            reason: Why, in a few words.
            annotator: As for /queue.

        Returns:
            skipped: true.
        """
        store.queue.skip(assignment_id, _worker(request, annotator), reason)
        return {"skipped": True}

    return queue, submit, skip


def _worker(request: gr.Request, typed: str) -> str:
    """Name who works: an account cannot answer for another one."""
    return current_user(request).name or typed.strip() or NAMELESS


def _show_task(assignment: Assignment) -> Card:
    """Return what may be known of a plate: not what others said, nor why it is asked for."""
    card = make_card(assignment.record)
    shown = {name: card[name] for name in ("id", "name", "width", "height", "read")}
    return shown | {
        "assignment_id": assignment.assignment_id,
        "expires_at": assignment.expires_at.isoformat(),
    }


@dataclass(frozen=True)
class _PlainKind:
    """What a value of JSON must be, and how that is said."""

    words: str
    kinds: tuple[type, ...]

    def admits(self, value: Any) -> bool:
        return isinstance(value, self.kinds) and not isinstance(value, bool)


_PLAIN_KINDS = {
    str: _PlainKind("a text", (str,)),
    int: _PlainKind("a whole number", (int,)),
    float: _PlainKind("a number", (int, float)),
}


def _kinds_of(endpoint: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(endpoint)
    return {name: hints[name] for name in signature(endpoint).parameters}


def _explain(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Let a caller see what was wrong, in the sentence that the error has.

    Values are checked against the endpoint's types first: a program may send any JSON.
    """
    checks = [_PLAIN_KINDS.get(kind) for kind in _kinds_of(endpoint).values()]
    names = list(_kinds_of(endpoint))

    @wraps(endpoint)
    def call(*values: Any) -> Any:
        try:
            for name, check, value in zip(names, checks, values, strict=False):
                if check is not None and not check.admits(value):
                    raise ValueError(f"`{name}` must be {check.words}. Received: {value!r:.80}")
            return endpoint(*values)
        except StoreError as error:
            raise gr.Error(str(error), title=STORE_FAILS, print_exception=False) from error
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except unforeseen() as error:
            log.exception("%s failed", endpoint.__name__)
            sentence = "Something went wrong here; the app's log says what."
            raise gr.Error(sentence, title=OUR_FAULT, print_exception=False) from error

    return call
