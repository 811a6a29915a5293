"""Tell which kind of labels a file has by its beginning, or what it is instead."""

import json
import re
from pathlib import Path

from lpr_core.data.formats.pictures import PICTURE_PATTERN
from lpr_core.data.formats.tables import find_encoding, has_plates, read_header
from lpr_core.labels.exchange.history import FORMAT
from lpr_core.labels.exchange.kinds import ExportKind
from lpr_core.untrusted import FileTooLargeError, open_untrusted, read_untrusted

_BEGINNING = 65_536
_MAX_PARSED = 20_000_000
_TASKS = re.compile(r'"(annotations|data)"\s*:\s*[\[{]|"data"\s*:')
_JSON_MIN = re.compile(r'"(annotator|annotation_id|lead_time)"\s*:')
_NO_LABELS = "Its labels were not taken: "


def find_kind(path: Path) -> ExportKind | None:
    """Tell what labels a file has by its suffix and its beginning; None for any other file."""
    suffix = path.suffix.lower()
    beginning = _read_beginning(path)
    first_line = beginning.partition("\n")[0]
    if suffix in (".csv", ".tsv"):
        return ExportKind.MANIFEST if has_plates(read_header(path)) else None
    if suffix == ".txt":
        return ExportKind.PADDLE if _is_list(path, first_line) else None
    if suffix == ".json":
        is_export = beginning.lstrip().startswith("[") and _is_export(path, beginning)
        return ExportKind.LABEL_STUDIO if is_export else None
    if suffix in (".jsonl", ".ndjson") and f'"format": {json.dumps(FORMAT)}' in first_line:
        return ExportKind.HISTORY
    return None


def describe_other(path: Path) -> str:
    """Say in one sentence what a text file is that `find_kind` does not know."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        names = ", ".join(read_header(path))[:200] or "none that can be read"
        return f"{_NO_LABELS}a table must have image_path and plate_text. Received: {names}."
    if suffix == ".json":
        if _JSON_MIN.search(_read_beginning(path)):
            return f"{_NO_LABELS}this is Label Studio's JSON-MIN; export its JSON instead."
        return f"{_NO_LABELS}this JSON is no export of Label Studio."
    if suffix in (".jsonl", ".ndjson"):
        return f"{_NO_LABELS}these lines are no history of ours."
    if suffix == ".xml":
        return f"{_NO_LABELS}name the layout to have XML read, such as pascal-voc."
    return f"{_NO_LABELS}name the layout to have this text read, or write `picture<TAB>TEXT` lines."


def _read_beginning(path: Path) -> str:
    with open_untrusted(path) as stream:
        beginning = stream.read(_BEGINNING)
    return beginning.decode(find_encoding(beginning), errors="replace")


def _is_export(path: Path, beginning: str) -> bool:
    """Tell a list of tasks, also an empty or a broken one, of which somebody should hear."""
    if _TASKS.search(beginning):
        return True
    try:
        return not json.loads(read_untrusted(path, _MAX_PARSED))
    except FileTooLargeError:
        return False
    except (ValueError, RecursionError):
        return True


def _is_list(path: Path, first_line: str) -> bool:
    """Tell PaddleOCR's lists by their name, or by a picture before a tab; boxes have more tabs."""
    if path.name.lower().startswith("rec_gt"):
        return True
    fields = [field.strip() for field in first_line.split("\t")]
    is_picture = re.fullmatch(PICTURE_PATTERN, fields[0], re.IGNORECASE)
    return bool(is_picture) and len(fields) in (2, 3) and all(fields)
