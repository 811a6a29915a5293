"""Find the labels that come along with pictures, and say which picture each speaks of."""

import posixpath
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from lpr_core.data.formats import import_folder
from lpr_core.data.samples import ManifestError, read_box
from lpr_core.labels.exchange import PlateLabels, Word, find_kind, read_labels
from lpr_core.labels.exchange.tables import MAX_BYTES, check_table
from lpr_core.labels.intake.items import Labels
from lpr_core.labels.intake.sources import SourceError, SourceFile

_TABLE_NAME = re.compile(r".*\.(csv|txt|json|jsonl|ndjson|xml)", re.IGNORECASE | re.DOTALL)
_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-")
"""What Label Studio puts before the name of an uploaded file."""


@dataclass
class FoundLabels:
    """What came along with pictures.

    Attributes:
        by_file: Labels by the name of the picture's `SourceFile`.
        strangers: Labels of pictures that did not come along.
        label_files: Names of the files that held the labels.
    """

    by_file: dict[str, list[Labels]] = field(default_factory=lambda: defaultdict(list))
    strangers: list[Labels] = field(default_factory=list)
    label_files: set[str] = field(default_factory=set)


def find_labels(files: Sequence[SourceFile], layout: str | None = None) -> FoundLabels:
    """Read all labels among files.

    A picture is found by its path from the file of labels or from the top, else by its name where
    only one has it. Nothing is ever opened that was not brought.

    Args:
        files: From `open_sources`.
        layout: A layout of `data.importers`; None takes what `exchange.find_kind` recognises: a
            manifest, rec_gt.txt, Label Studio's JSON, a history.

    Raises:
        ManifestError: Labels are bad (all are listed), too large, or there are none of the layout.
        SourceError: The names of the files cannot all lie in one folder.
        ValueError: The layout is unknown.
    """
    found = FoundLabels()
    finder = _PictureFinder(file.name for file in files)
    with _lay_out(files, with_pictures=layout is not None) as folder:
        tables = [file.name for file in files if _TABLE_NAME.fullmatch(file.name)]
        for label_name, labels in _read_all(folder, tables, layout, found):
            path = labels.image_path.removeprefix(f"{folder}/")
            name = finder.find(path, label_name)
            if name is None:
                found.strangers.append(replace(labels, image_path=path))
            else:
                found.by_file[name].append(labels)
    return found


def _read_all(
    folder: Path, tables: Iterable[str], layout: str | None, found: FoundLabels
) -> Iterator[tuple[str, Labels]]:
    """Yield each label with the name of its file, or no name where its path is from the top."""
    for name in tables:
        if layout:
            check_table(folder / name)
            found.label_files.add(name)
        elif kind := find_kind(folder / name):
            found.label_files.add(name)
            yield from ((name, labels) for labels in read_labels(folder / name, kind))
    if layout:
        for _, row in import_folder(layout, folder).iterrows():
            word = Word(None, row["plate_text"])
            yield "", PlateLabels(row["image_path"], word, row["plate_region"], read_box(row))


class _PictureFinder:
    """The names of all files that were brought."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._by_base: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            self._by_base[posixpath.basename(name)].append(name)

    def find(self, image_path: str, label_name: str) -> str | None:
        """Return the name of the file that a label speaks of."""
        path = image_path.replace("\\", "/")
        beside = posixpath.join(posixpath.dirname(label_name), path)
        for candidate in (posixpath.normpath(beside), posixpath.normpath(path)):
            if candidate in self._names:
                return candidate
        base = posixpath.basename(path)
        for candidate in (base, _UPLOAD_PREFIX.sub("", base)):
            alike = self._by_base.get(candidate, [])
            if len(alike) == 1:
                return alike[0]
        return None


@contextmanager
def _lay_out(files: Sequence[SourceFile], *, with_pictures: bool) -> Iterator[Path]:
    """Give a folder of the tables among files, and of empty files in the place of the others."""
    with tempfile.TemporaryDirectory(prefix="lpr-labels-") as name:
        folder = Path(name).resolve()
        try:
            for file in files:
                is_table = _TABLE_NAME.fullmatch(file.name)
                if is_table or with_pictures:
                    path = folder / file.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    if is_table:
                        _put_table(file, path)
                    else:
                        path.touch()
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise SourceError("A file and a folder have the same name.") from error
        yield folder


def _put_table(file: SourceFile, path: Path) -> None:
    if file.size > MAX_BYTES:
        raise ManifestError(
            f"{file.name} has {file.size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:g} MB of labels "
            "are read."
        )
    if file.path is not None:
        path.symlink_to(file.path.resolve())
    else:
        path.write_bytes(file.read())
