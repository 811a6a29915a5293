"""Tell which kind of labels a file has, and read them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from lpr_core.labels.exchange.history import FORMAT, read_history
from lpr_core.labels.exchange.kinds import ExportKind
from lpr_core.labels.exchange.label_studio import read_label_studio_labels
from lpr_core.labels.exchange.manifest import read_manifest_labels
from lpr_core.labels.exchange.paddle import read_paddle
from lpr_core.labels.exchange.tables import check_table
from lpr_core.labels.exchange.words import PlateHistory, PlateLabels
from lpr_core.untrusted import open_untrusted

_READERS: dict[ExportKind, Callable[[Path], Sequence[PlateLabels | PlateHistory]]] = {
    ExportKind.MANIFEST: read_manifest_labels,
    ExportKind.PADDLE: read_paddle,
    ExportKind.LABEL_STUDIO: read_label_studio_labels,
    ExportKind.HISTORY: read_history,
}


def find_kind(path: Path) -> ExportKind | None:
    """Tell what labels a file has by its suffix and its beginning; None for any other file."""
    with open_untrusted(path) as stream:
        beginning = stream.read(4096).decode("utf-8-sig", errors="replace")
    first_line = beginning.partition("\n")[0]
    suffix = path.suffix.lower()
    if suffix == ".csv" and {"image_path", "plate_text"} <= set(
        name.strip() for name in first_line.split(",")
    ):
        return ExportKind.MANIFEST
    if suffix == ".txt" and path.name.lower().startswith("rec_gt"):
        return ExportKind.PADDLE
    if suffix == ".json" and beginning.lstrip().startswith("["):
        return ExportKind.LABEL_STUDIO
    if suffix in (".jsonl", ".ndjson") and f'"format": {json.dumps(FORMAT)}' in first_line:
        return ExportKind.HISTORY
    return None


def read_labels(path: Path, kind: ExportKind) -> Sequence[PlateLabels | PlateHistory]:
    """Read the labels of a file.

    Raises:
        ManifestError: One or more rows are bad (all are listed), or it is too large as a whole.
    """
    check_table(path)
    return _READERS[kind](path)
