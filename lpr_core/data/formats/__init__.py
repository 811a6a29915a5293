"""Bring labelled plates in the layouts that people have into the form of a manifest."""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lpr_core.data.formats.file_names import read_ccpd, read_name
from lpr_core.data.formats.label_studio import read_label_studio
from lpr_core.data.formats.pascal_voc import read_voc
from lpr_core.data.formats.pictures import PICTURE_PATTERN, PictureIndex
from lpr_core.data.formats.tables import read_openalpr, read_table, read_ufpr
from lpr_core.data.samples import ManifestError, Sample, build_frame


class Layout(NamedTuple):
    """Which files hold the labels, and the function that reads one of them."""

    pattern: str
    read: Callable[[Path, PictureIndex], Iterable[Sample]]


_LAYOUTS = {
    "ccpd": Layout(PICTURE_PATTERN, read_ccpd),
    "fast-plate-ocr": Layout(r".*\.csv", read_table),
    "image-name": Layout(PICTURE_PATTERN, read_name),
    "label-studio": Layout(r".*\.json", read_label_studio),
    "openalpr": Layout(r".*\.txt", read_openalpr),
    "pascal-voc": Layout(r".*\.xml", read_voc),
    "ufpr": Layout(r".*\.txt", read_ufpr),
}


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
        ManifestError: One or more labels are bad, or there are none; all are listed.
        ValueError: No layout has this name.
        FileNotFoundError: There is no such folder or file.
    """
    found = _find_layout(layout)
    if not source.exists():
        raise FileNotFoundError(f"There is no folder or file {str(source)!r}.")
    folder = source if source.is_dir() else source.parent
    index = PictureIndex(folder)
    files = index.find_files(found.pattern) if source.is_dir() else [source.resolve()]
    samples: list[Sample] = []
    problems: list[str] = []
    for path in files:
        name = path.relative_to(index.folder).as_posix()
        try:
            samples.extend(found.read(path, index))
        except ManifestError as error:
            problems.extend(f"{name}: {problem}" for problem in error.problems or [str(error)])
        except (ValueError, OSError) as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise ManifestError(f"{source} has {len(problems)} bad {layout} labels:", problems)
    if not samples:
        raise ManifestError(f"{source} must hold {layout} labels. Received: {len(files)} files")
    return build_frame(samples)


def _find_layout(name: str) -> Layout:
    if name not in _LAYOUTS:
        raise ValueError(f"`layout` must be one of {', '.join(layouts())}. Received: {name!r}")
    return _LAYOUTS[name]
