"""Write labels to a file, alone or in an archive with their pictures."""

import zipfile
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lpr_core.labels.exchange.history import write_history
from lpr_core.labels.exchange.kinds import ExportKind
from lpr_core.labels.exchange.label_studio import write_label_studio
from lpr_core.labels.exchange.manifest import write_manifest_labels
from lpr_core.labels.exchange.paddle import write_paddle
from lpr_core.labels.exchange.paths import image_path_of
from lpr_core.labels.exchange.selection import Selection
from lpr_core.labels.tables.database import explain_errors
from lpr_core.labels.tables.rows import PlateRecord

if TYPE_CHECKING:
    from lpr_core.labels.store import LabelStore

EVERYTHING = Selection()


def export_labels(
    store: "LabelStore",
    kind: ExportKind,
    path: Path,
    selection: Selection = EVERYTHING,
    *,
    with_pictures: bool = False,
) -> None:
    """Write labels to `path`; what each kind keeps and cannot hold, its `write_` function says.

    Plates come oldest first, and never all at once into memory.

    Args:
        store: Where they are.
        kind: The format. Image paths in it are relative to the store's data folder.
        path: The file; it is replaced.
        selection: Which plates.
        with_pictures: Write a ZIP archive of the file and the pictures that it names;
            `PLATES` always does.

    Raises:
        StoreError: The database cannot be read, or `path` cannot be written.
    """
    inner = ExportKind.MANIFEST if kind is ExportKind.PLATES else kind
    with explain_errors():
        if with_pictures or kind is ExportKind.PLATES:
            _write_zip(store, inner, path, selection)
            return
        with path.open("w", encoding="utf-8", newline="") as stream:
            _write_labels(store, inner, stream, selection)


def _write_labels(
    store: "LabelStore", kind: ExportKind, stream: TextIO, selection: Selection
) -> None:
    records = _select(store, selection)
    if kind is ExportKind.HISTORY:
        names = {project.project_id: project.name for project in store.projects.list()}
        write_history(records, stream, names)
    elif kind is ExportKind.LABEL_STUDIO:
        write_label_studio(records, stream)
    elif kind is ExportKind.PADDLE:
        write_paddle(records, stream)
    else:
        write_manifest_labels(records, stream, store.bulk.known_facts())


def _write_zip(store: "LabelStore", kind: ExportKind, path: Path, selection: Selection) -> None:
    """Pack without compressing: PNG and JPEG do not shrink."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(kind, "w") as entry:
            stream = TextIOWrapper(entry, encoding="utf-8", newline="")
            _write_labels(store, kind, stream, selection)
            stream.detach().flush()
        for record in _select(store, selection):
            if _is_named(kind, record):
                source = store.pictures_dir / record.picture.file_name
                archive.write(source, image_path_of(record.picture))


def _select(store: "LabelStore", selection: Selection) -> Iterator[PlateRecord]:
    return (record for record in store.records() if selection.admits(record))


def _is_named(kind: ExportKind, record: PlateRecord) -> bool:
    """Tell whether a file of this kind has this plate."""
    if kind in (ExportKind.MANIFEST, ExportKind.PADDLE):
        return record.revision is not None and record.revision.mark.is_readable
    return True
