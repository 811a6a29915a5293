"""Find the labels that come along with pictures, and say which picture each speaks of."""

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from lpr_core.data.formats import find_plates
from lpr_core.data.formats.pictures import PictureIndex, PictureNotFoundError
from lpr_core.data.samples import ManifestError
from lpr_core.labels.exchange import describe_other, find_kind, read_labels
from lpr_core.labels.exchange.reading import make_plate_labels
from lpr_core.labels.exchange.tables import MAX_BYTES, check_table
from lpr_core.labels.intake.items import Labels
from lpr_core.labels.intake.sources import SourceError, SourceFile

_TABLE_NAME = re.compile(r".*\.(csv|tsv|txt|json|jsonl|ndjson|xml)", re.IGNORECASE | re.DOTALL)


@dataclass
class FoundLabels:
    """What came along with pictures.

    Attributes:
        by_file: Labels by the name of the picture's `SourceFile`.
        strangers: Labels of pictures that did not come along, or cannot be told from others; and
            of the latter what to say.
        label_files: Names of the files that held the labels.
        others: Of files that look like labels and are none we know, by name: what to say.
    """

    by_file: dict[str, list[Labels]] = field(default_factory=lambda: defaultdict(list))
    strangers: list[tuple[Labels, str]] = field(default_factory=list)
    label_files: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)


def find_labels(files: Sequence[SourceFile], layout: str | None = None) -> FoundLabels:
    """Read all labels among files, and find their pictures as `PictureIndex` does.

    Nothing is ever opened that was not brought.

    Args:
        files: From `open_sources`.
        layout: A layout of `data.formats`; None takes what `exchange.find_kind` recognises: a
            manifest, rec_gt.txt, Label Studio's JSON, a history.

    Raises:
        ManifestError: Labels are bad (all are listed), too large, or there are none of the layout.
        SourceError: The names of the files cannot all lie in one folder.
        ValueError: The layout is unknown.
    """
    tables = [file for file in files if _TABLE_NAME.fullmatch(file.name)]
    with _lay_out(tables) as folder:
        index = PictureIndex(folder, [file.name for file in files])
        names = [file.name for file in tables]
        return _read_layout(layout, names, index) if layout else _read_kinds(names, index)


def _read_layout(layout: str, names: Iterable[str], index: PictureIndex) -> FoundLabels:
    """Read labels of one layout, each of which must have its picture."""
    found = FoundLabels(label_files=set(names))
    for name in found.label_files:
        check_table(index.folder / name)
    for plate in find_plates(layout, index.folder, index):
        found.by_file[_name_of(plate.picture_path, index)].append(make_plate_labels(plate.label))
    return found


def _read_kinds(names: Iterable[str], index: PictureIndex) -> FoundLabels:
    """Read labels of all kinds that are recognised."""
    found = FoundLabels()
    for name in names:
        path = index.folder / name
        if kind := find_kind(path):
            found.label_files.add(name)
            for labels in read_labels(path, kind):
                _assign(found, labels, path, index)
        else:
            found.others[name] = describe_other(path)
    return found


def _assign(found: FoundLabels, labels: Labels, path: Path, index: PictureIndex) -> None:
    try:
        picture_path = index.find_picture(labels.image_path, path)
        found.by_file[_name_of(picture_path, index)].append(labels)
    except PictureNotFoundError as error:
        shown = labels.image_path.removeprefix(f"{index.folder}/")
        found.strangers.append((replace(labels, image_path=shown), _explain(error)))


def _explain(error: PictureNotFoundError) -> str:
    if not error.num_found:
        return ""
    return (
        f"{error.num_found} pictures that came along are called {error.name!r}; bring them in "
        "their folders or in a ZIP archive."
    )


def _name_of(path: Path, index: PictureIndex) -> str:
    return path.relative_to(index.folder).as_posix()


@contextmanager
def _lay_out(tables: Sequence[SourceFile]) -> Iterator[Path]:
    """Give a folder of the tables among files."""
    with tempfile.TemporaryDirectory(prefix="lpr-labels-") as name:
        folder = Path(name).resolve()
        try:
            for file in tables:
                path = folder / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                _put_table(file, path)
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
