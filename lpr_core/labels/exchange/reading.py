"""Read files of labels as the label store takes them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lpr_core.data.formats.label_studio import read_label_studio
from lpr_core.data.formats.labels import Found, PictureLabel, Said, change_labels
from lpr_core.data.formats.manifest import read_manifest_rows
from lpr_core.data.formats.paddle import read_paddle
from lpr_core.data.samples import ManifestError
from lpr_core.labels.exchange.history import read_history
from lpr_core.labels.exchange.kinds import ExportKind
from lpr_core.labels.exchange.tables import check_table
from lpr_core.labels.exchange.words import PlateHistory, PlateLabels, Word, read_time
from lpr_core.labels.tables.rows import Mark

_READERS: dict[ExportKind, tuple[Callable[[Path], Iterator[Found]], str]] = {
    ExportKind.MANIFEST: (read_manifest_rows, "rows"),
    ExportKind.PADDLE: (read_paddle, "lines"),
    ExportKind.LABEL_STUDIO: (read_label_studio, "tasks"),
}
_REJECTED = (Mark.UNREADABLE, Mark.NOT_A_PLATE)


def read_labels(path: Path, kind: ExportKind) -> Sequence[PlateLabels | PlateHistory]:
    """Read the labels of a file; image paths come back as it has them, a manifest's absolute.

    Raises:
        ManifestError: One or more rows are bad (all are listed), or it is too large as a whole.
    """
    check_table(path)
    if kind is ExportKind.HISTORY:
        return read_history(path)
    read, unit = _READERS[kind]
    try:
        labels, problems = change_labels(read(path), make_plate_labels)
    except ManifestError as error:
        raise ManifestError(str(error).replace(str(path), path.name)) from None
    except ValueError as error:
        raise ManifestError(f"{path.name}: {error}") from None
    if problems:
        raise ManifestError(f"{path.name} has {len(problems)} bad {unit}:", problems)
    if kind is ExportKind.MANIFEST:
        folder = path.parent.resolve()
        return [replace(one, image_path=str(folder / one.image_path)) for one in labels]
    return labels


def make_plate_labels(label: PictureLabel) -> PlateLabels:
    """Return a label as the store takes it.

    Where a person says the same as stood when we wrote the file, our mark, author and time count. A
    cancelled verdict counts only if we wrote it so.

    Raises:
        ValueError: Its mark or its time cannot be.
    """
    box = None if label.fills_picture else label.box
    word = _find_word(label)
    return PlateLabels(label.picture, word, label.region, box, label.facts, label.note)


def _find_word(label: PictureLabel) -> Word | None:
    earlier = _read_earlier(label.earlier)
    if label.said is None:
        is_ours = label.is_cancelled and earlier is not None and earlier.mark in _REJECTED
        return earlier if is_ours else None
    if earlier is not None and earlier.text == label.said.text:
        return earlier
    said = label.said
    return Word(_read_mark(said.mark), said.text, said.author, read_time(said.moment))


def _read_earlier(said: Said | None) -> Word | None:
    mark = Mark(said.mark) if said else Mark.UNCHECKED
    if said is None or mark is Mark.UNCHECKED:
        return None
    return Word(mark, said.text if mark.is_readable else "", said.author, read_time(said.moment))


def _read_mark(text: str) -> Mark | None:
    known = [mark.value for mark in Mark if mark.is_readable]
    if text and text not in known:
        raise ValueError(f"mark must be {' or '.join(known)}, or empty. Received: {text[:40]!r}")
    return Mark(text) if text else None
