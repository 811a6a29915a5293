"""Who has brought which study to the dashboard."""

import json
from pathlib import Path

from lpr_core.files import write_text_atomic
from lpr_core.places import studies_dir
from lpr_core.untrusted import read_untrusted_text

FILE_NAME = ".owners.json"
_MAX_BYTES = 1_000_000


def note_owner(name: str, owner: str) -> None:
    """Keep who has brought a study; nothing where nobody signs in.

    Args:
        name: Of the study's folder among one's own studies.
        owner: Of her account.
    """
    if owner:
        owners = _read_owners() | {name: owner}
        text = json.dumps(owners, ensure_ascii=False, indent=1, sort_keys=True)
        write_text_atomic(studies_dir() / FILE_NAME, text)


def owner_of(path: Path) -> str:
    """Return who has brought the study of a folder; empty where nobody is known."""
    return _read_owners().get(path.name, "") if path.parent == studies_dir() else ""


def _read_owners() -> dict[str, str]:
    """Return each study's owner; a file that is gone or damaged knows nobody."""
    try:
        known = json.loads(read_untrusted_text(studies_dir() / FILE_NAME, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: owner for name, owner in known.items() if isinstance(owner, str)}
