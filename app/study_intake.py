"""Take in an uploaded zip of results: unpack it aside, check it, then put it among the studies."""

import re
import shutil
import tempfile
from pathlib import Path

from app.study_from_runs import make_study
from app.study_zip import ZipRefusedError, unpack_results
from lpr_core.places import studies_dir
from lpr_core.study.folder.record import RECORD_NAME
from lpr_core.study.folder.results import StudyFolder

_NAME = re.compile(r"[\w][\w.+-]{0,80}")


def take_in_zip(content: bytes, file_name: str) -> Path:
    """Put the study of a zip among the user's studies, under a name that is free, and return it.

    Run folders without a study become one (`make_study`).

    Args:
        content: The bytes of the zip.
        file_name: Of the zip; names the study.

    Raises:
        ZipRefusedError: One sentence says why it is not taken. Nothing is left behind.
    """
    home = studies_dir()
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".intake-", dir=home) as aside:
        target = _find_free(home, file_name)
        folder = Path(aside) / target.name
        folder.mkdir()
        unpack_results(content, folder)
        if not (folder / RECORD_NAME).is_file():
            make_study(folder)
        check_study(folder)
        shutil.move(folder, target)
    return target


def check_study(folder: Path) -> None:
    """Refuse a record that cannot be read, or whose names would lead out of the folder."""
    try:
        record = StudyFolder(folder).read_study()
    except (ValueError, FileNotFoundError) as error:
        raise ZipRefusedError(f"Its {RECORD_NAME} cannot be read: {_first_line(error)}") from error
    for variant in record.variants:
        if not _NAME.fullmatch(variant.name):
            raise ZipRefusedError(f"A variant's name is no folder name: {variant.name[:80]!r}.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _find_free(home: Path, file_name: str) -> Path:
    """Return a folder that is not there yet, named like the file."""
    stem = re.sub(r"[^\w.+-]+", "-", Path(file_name).stem).strip("-.")[:60] or "study"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(home / name for name in names if not (home / name).exists())
