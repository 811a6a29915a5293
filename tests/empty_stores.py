"""Empty label stores without waiting for the migrations each time."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from lpr_core.labels.store import LabelStore


def open_empty_store(data_dir: Path) -> LabelStore:
    """Open a new SQLite store whose tables are copied from one that was made once."""
    data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_template_path(), data_dir / "labels.sqlite3")
    return LabelStore(f"sqlite:///{data_dir / 'labels.sqlite3'}", data_dir)


@cache
def _template_path() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lpr-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    LabelStore(f"sqlite:///{folder / 'labels.sqlite3'}", folder).close()
    return folder / "labels.sqlite3"
