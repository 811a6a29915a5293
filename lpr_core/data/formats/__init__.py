"""One reader for each format that labels come in, and what all of them give: `PictureLabel`."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lpr_core.data.formats.file_names import read_ccpd, read_name
from lpr_core.data.formats.label_studio import read_label_studio
from lpr_core.data.formats.labels import Found, PictureLabel, change_labels
from lpr_core.data.formats.manifest import read_manifest_rows
from lpr_core.data.formats.openalpr import read_openalpr
from lpr_core.data.formats.paddle import read_paddle
from lpr_core.data.formats.pascal_voc import read_voc
from lpr_core.data.formats.pictures import PICTURE_PATTERN, PictureIndex
from lpr_core.data.formats.ufpr import read_ufpr
from lpr_core.data.samples import ManifestError, Sample, build_frame


class Layout(NamedTuple):
    """Which files hold the labels, and the function that reads one of them.

    `split_from` names the file whose folders say the split: from the label's path and the
    picture's.
    """

    pattern: str
    read: Callable[[Path], Iterator[Found]]
    split_from: Callable[[Path, Path], Path] = lambda label_path, _: label_path.parent


_LAYOUTS = {
    "ccpd": Layout(PICTURE_PATTERN, read_ccpd),
    "fast-plate-ocr": Layout(r".*\.csv", read_manifest_rows, lambda label_path, _: label_path),
    "image-name": Layout(PICTURE_PATTERN, read_name),
    "label-studio": Layout(r".*\.json", read_label_studio, lambda _, picture: picture.parent),
    "openalpr": Layout(r".*\.txt", read_openalpr),
    "paddle": Layout(r"rec_gt.*\.txt", read_paddle, lambda label_path, _: label_path),
    "pascal-voc": Layout(r".*\.xml", read_voc),
    "ufpr": Layout(r".*\.txt", read_ufpr),
}


@dataclass(frozen=True)
class FoundPlate:
    """A label, and the picture that it speaks of."""

    label: PictureLabel
    picture_path: Path
    split: str


def layouts() -> tuple[str, ...]:
    """Return the names of the known layouts, sorted."""
    return tuple(sorted(_LAYOUTS))


def describe_layout(layout: str) -> str:
    """Return what a layout looks like and where it comes from.

    Raises:
        ValueError: No layout has this name.
    """
    return inspect.getdoc(_find_layout(layout).read) or ""


def import_folder(layout: str, source: Path) -> pd.DataFrame:
    """Read all labels below a folder, or one file of labels.

    The frame has the columns that `read_manifest` gives; texts are as they were written.

    Args:
        layout: One of `layouts()`.
        source: The folder, which is searched with all folders in it, or a single file.

    Raises:
        ManifestError: As `find_plates`.
        ValueError: No layout has this name.
        FileNotFoundError: There is no such folder or file.
    """
    return tabulate_plates(find_plates(layout, source))


def tabulate_plates(plates: list[FoundPlate]) -> pd.DataFrame:
    """Return a frame as `read_manifest` gives it, of the plates whose text a person has said.

    Raises:
        ManifestError: Some plates have a box and others have none.
    """
    return build_frame(
        Sample(
            plate.picture_path,
            plate.label.said.text,
            plate.label.region,
            plate.split,
            plate.label.box,
            plate.label.facts,
        )
        for plate in plates
        if plate.label.said is not None
    )


def find_plates(layout: str, source: Path, index: PictureIndex | None = None) -> list[FoundPlate]:
    """Return every label below a folder, or in one file, with its picture.

    Args:
        layout: One of `layouts()`.
        source: The folder, which is searched with all folders in it, or a single file.
        index: Where pictures, and in a folder the files of labels, are looked for; by default the
            folder.

    Raises:
        ManifestError: One or more labels are bad, or there are none; all are listed.
        ValueError: No layout has this name.
        FileNotFoundError: There is no such folder or file.
    """
    found = _find_layout(layout)
    if not source.exists():
        raise FileNotFoundError(f"There is no folder or file {str(source)!r}.")
    index = index or PictureIndex(source if source.is_dir() else source.parent)
    files = index.find_files(found.pattern) if source.is_dir() else [source.resolve()]
    plates: list[FoundPlate] = []
    problems: list[str] = []
    for path in files:
        read, faults = _read_file(found, path, index)
        plates += read
        problems += [f"{path.relative_to(index.folder).as_posix()}: {fault}" for fault in faults]
    if problems:
        raise ManifestError(f"{source} has {len(problems)} bad {layout} labels:", problems)
    if not any(plate.label.said for plate in plates):
        raise ManifestError(f"{source} must hold {layout} labels. Received: {len(files)} files")
    return plates


def _read_file(
    layout: Layout, path: Path, index: PictureIndex
) -> tuple[list[FoundPlate], list[str]]:
    try:
        return change_labels(layout.read(path), lambda label: _locate(layout, label, path, index))
    except (ValueError, OSError) as error:
        return [], [str(error)]


def _locate(layout: Layout, label: PictureLabel, path: Path, index: PictureIndex) -> FoundPlate:
    try:
        picture_path = index.find_picture(label.picture, path)
    except ValueError as error:
        raise ValueError(label.not_found or str(error)) from None
    split = label.split or index.find_split(layout.split_from(path, picture_path))
    return FoundPlate(label, picture_path, split)


def _find_layout(name: str) -> Layout:
    if name not in _LAYOUTS:
        raise ValueError(f"`layout` must be one of {', '.join(layouts())}. Received: {name!r}")
    return _LAYOUTS[name]
