"""Plates that people corrected in the labelling app, for a look at what noise does to them."""

from dataclasses import dataclass
from pathlib import Path

from app.dashboard.chosen.shared_store import open_store
from app.dashboard.open_dashboard import visitor_name
from lpr_core.labels import LabelStore, Mark

NUM_SHOWN = 50


@dataclass(frozen=True)
class CorrectedPlate:
    """A plate whose text a person has seen and said.

    Attributes:
        picture_id: Of the label store.
        text: What the person said.
        path: The picture.
    """

    picture_id: str
    text: str
    path: Path

    @property
    def label(self) -> str:
        """Text and the beginning of the id, which tells equal texts apart."""
        return f"{self.text} · {self.picture_id[:6]}"


def list_corrected() -> list[CorrectedPlate]:
    """Return the newest plates that were corrected; none while there are no labels.

    Raises:
        StoreError: The database cannot be read.
    """
    with open_store() as store:
        return _list_newest(store) if store is not None else []


def _list_newest(store: LabelStore) -> list[CorrectedPlate]:
    view = store.seen_by(visitor_name(), sees_all=True)  # `why_shut` has asked for her role
    page = view.search(mark=Mark.CORRECTED, page_size=NUM_SHOWN)
    return [
        CorrectedPlate(
            record.picture.picture_id, record.text, store.pictures_dir / record.picture.file_name
        )
        for record in page.records
        if (store.pictures_dir / record.picture.file_name).is_file()
    ]
