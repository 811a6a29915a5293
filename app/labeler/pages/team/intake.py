"""What the intake asks the server: take uploaded files in, say how far that is."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Visitor, page_calls
from app.labeler.door.upload_files import check_upload
from lpr_core.labels import LabelStore, Role
from lpr_core.labels.intake import take_in as take_in_sources
from lpr_core.labels.intake.report import IntakeRow


def make_intake_functions(
    store: LabelStore, wake_reader: Callable[[], None]
) -> list[Callable[..., Any]]:
    """Return the functions of the page, for admins only; see `page_calls`.

    Args:
        store: Where everything is kept.
        wake_reader: Called when there are pictures that nobody has read.
    """
    running: dict[str, tuple[int, int]] = {}

    def take_in(data: Data, visitor: Visitor) -> Data:
        job = str(data["job"])

        def note(done: int, total: int) -> None:
            running[job] = (done, total)

        paths = [check_upload(path) for path in data["paths"]]
        project_id = int(data["project_id"])
        try:
            report = take_in_sources(
                store, paths, project_id, author=visitor.name, on_progress=note
            )
        finally:
            running.pop(job, None)
            wake_reader()
        return {"rows": [_show_row(row) for row in report.rows]}

    def intake_progress(data: Data, _visitor: Visitor) -> Data:
        done, total = running.get(str(data["job"]), (0, 0))
        return {"done": done, "total": total}

    return page_calls(take_in, intake_progress, role=Role.ADMIN)


def _show_row(row: IntakeRow) -> Data:
    return {
        "name": row.name,
        "verdict": row.verdict.value,
        "sentence": row.sentence,
        "picture_id": row.picture_id,
        "like": row.like,
    }
