"""Small pictures of a study's plates, its own or those of a study on the same plates."""

import filecmp
from pathlib import Path

from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.tables import PLATES_NAME


def find_picture(study_dir: Path, plate: int) -> Path | None:
    """Return a plate's small picture; `None` where the study may not show it.

    A study without any borrows them of one beside it that measured on the same plates.
    """
    lender = study_dir if (study_dir / "pictures").is_dir() else _find_lender(study_dir)
    path = lender / "pictures" / f"{plate}.jpg" if lender else None
    return path if path and path.is_file() else None


def _find_lender(study_dir: Path) -> Path | None:
    others = (path.parent for path in study_dir.parent.glob("*/pictures"))
    return next((other for other in others if _have_same_plates(study_dir, other)), None)


def _have_same_plates(one: Path, other: Path) -> bool:
    """Whether two studies have the same plates, and number them alike."""
    try:
        ours, theirs = StudyRecord.read(one).data, StudyRecord.read(other).data
        return theirs.fingerprint == ours.fingerprint and filecmp.cmp(
            one / PLATES_NAME, other / PLATES_NAME, shallow=False
        )
    except (OSError, ValueError):
        return False  # a damaged study lends nothing
