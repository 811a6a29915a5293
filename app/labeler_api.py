"""The labelling app's endpoints for programs: `gradio_client.Client(URL).predict(...)`."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from app.label_desk import LabelDesk
from app.labeler_routes import write_export
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.exchange import ExportKind


def add_endpoints(desk: LabelDesk, store: LabelStore) -> None:
    """Add `/read`, `/correct`, `/history` and `/export`; call it inside of `gr.Blocks`."""

    def read(picture: gr.FileData, region: str = "") -> dict[str, Any]:
        """Read one plate picture and keep picture and reading.

        Args:
            picture: JPEG, PNG, WebP, BMP or TIFF of one plate, cropped close; at most 25 MB.
            region: Where the plate comes from, such as br, eu, us-ca; empty when unknown.

        Returns:
            id (for /correct), text, mark, and under read what the model said, symbol by symbol.
        """
        path = Path(picture["path"])
        name = picture.get("orig_name") or path.name
        return desk.read(path.read_bytes(), name, region or None)

    def correct(
        picture_id: str, text: str = "", mark: str = "", author: str = ""
    ) -> dict[str, Any]:
        """Say what a plate really says; every call is kept, none overwrites another.

        Args:
            picture_id: The id that /read gave.
            text: The plate's text; equal to what was read, it is marked correct, else corrected.
            mark: unreadable or not_a_plate, instead of a text.
            author: Who says so.

        Returns:
            The plate as it now stands.
        """
        return desk.correct(picture_id, text, mark, author)

    def history(query: str = "", mark: str = "", page: int = 1) -> dict[str, Any]:
        """Find plates, newest first, each with all readings and revisions.

        Args:
            query: Part of a plate text or of a file name; empty for all.
            mark: unchecked, correct, corrected, unreadable or not_a_plate; empty for all.
            page: From 1.

        Returns:
            total, page, num_pages, and the plates of this page.
        """
        found = store.search(query, mark or None, page)
        plates = [record.to_dict() for record in found.records]
        return {
            "total": found.total,
            "page": found.number,
            "num_pages": found.num_pages,
            "plates": plates,
        }

    def export(kind: str = ExportKind.MANIFEST.value) -> gr.FileData:
        """Hand out the labels as a file.

        Args:
            kind: manifest.csv (checked plates to train on), plates.zip (the same with pictures)
                or history.json (everything that was ever said).

        Returns:
            The file.
        """
        path = write_export(store, ExportKind(kind))
        # In its cache Gradio looks after the file: it sends it, and removes it in time.
        cached = save_file_to_cache(path, get_upload_folder())
        path.unlink()
        return gr.FileData(path=cached, orig_name=kind)

    for endpoint in (read, correct, history, export):
        gr.api(_explain(endpoint))


def _explain(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Let a caller see what was wrong, in the sentence that the error has."""

    @wraps(endpoint)
    def call(*values: Any) -> Any:
        try:
            return endpoint(*values)
        except (ValueError, StoreError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call
