"""Take in results that were made elsewhere: unpack them aside, check them, then let them appear."""

import re
import tempfile
from pathlib import Path

from lpr_core.places import studies_dir
from lpr_core.saved import DamagedFileError
from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.study.folder.results import summarize_study
from lpr_core.study.intake.from_runs import make_study
from lpr_core.study.intake.unpack import Source, StudyRefusedError, unpack_results


def take_in(source: Source, name: str = "", target: Path | None = None) -> Path:
    """Put results among the user's studies, whole or not at all, and return the study's folder.

    Run folders without a study become one (`make_study`). A study of which some runs are damaged is
    taken; the list of studies says so.

    Args:
        source: A ZIP archive or a folder; an archive may be an open file.
        name: What was brought is called; names the study. The source's own name by default.
        target: Where the study shall lie, a folder that is not there yet; otherwise a free name
            among the user's studies.

    Raises:
        StudyRefusedError: One sentence says why it is not taken. Nothing is left behind.
        FileNotFoundError: There is no such file or folder.
        FileExistsError: The target exists.
    """
    if isinstance(source, Path) and not source.exists():
        raise FileNotFoundError(f"There is no file or folder {str(source)!r}.")
    if not name and isinstance(source, Path):
        name = source.name if source.is_dir() else source.stem
    home = target.parent if target else studies_dir()
    if target is not None and target.exists():
        raise FileExistsError(f"{target} exists; name a new folder by --out.")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".intake-", dir=home) as aside:
        target = target or _find_free(home, name)
        folder = Path(aside) / target.name
        folder.mkdir()
        unpack_results(source, folder)
        if not (folder / RECORD_NAME).is_file():
            make_study(folder)
        check_study(folder)
        folder.rename(target)
    return target


def check_study(folder: Path) -> None:
    """Refuse a study of which nothing could be shown, and say why in one sentence."""
    try:
        StudyRecord.read(folder)
    except (DamagedFileError, FileNotFoundError) as error:
        raise StudyRefusedError(f"Its {RECORD_NAME} cannot be read: {error}") from error
    summary = summarize_study(folder)
    if summary.state == "damaged":
        raise StudyRefusedError(summary.reason)


def _find_free(home: Path, name: str) -> Path:
    """Return a folder that is not there yet, named like what was brought."""
    stem = re.sub(r"[^\w.+-]+", "-", name).strip("-.")[:60] or "study"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(home / name for name in names if not (home / name).exists())
