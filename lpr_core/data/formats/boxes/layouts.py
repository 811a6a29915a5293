"""Find the photos that labels in some format speak of."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lpr_core.data.formats.boxes.coco import read_coco
from lpr_core.data.formats.boxes.labels import BoxesFound, LabelledPhoto
from lpr_core.data.formats.boxes.manifest import read_manifest_boxes
from lpr_core.data.formats.boxes.traffic_signs import read_belgiumts, read_gtsdb
from lpr_core.data.formats.boxes.voc import read_voc_boxes
from lpr_core.data.formats.boxes.yolo import read_yolo
from lpr_core.data.formats.labels import Fault
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.samples import ManifestError

_JPEG_2000 = (".jp2", ".j2k", ".jpx")

BoxReader = Callable[[Path], Iterator[BoxesFound]]
IndexedReader = Callable[[Path, PictureIndex], Iterator[BoxesFound]]


class BoxLayout(NamedTuple):
    """Which files hold the labels, and the function that reads one of them.

    Attributes:
        pattern: Of the names of the files.
        read: Takes a file, and where the pictures are when it must look at them.
        is_indexed: Whether it does.
    """

    pattern: str
    read: BoxReader | IndexedReader
    is_indexed: bool = False


# In the order in which a folder is asked what it is: the surest sign first.
_LAYOUTS = {
    "gtsdb": BoxLayout(r"gt\.txt", read_gtsdb, True),
    "belgiumts": BoxLayout(r"BTSD_.*gt.*\.txt", read_belgiumts),
    "coco": BoxLayout(r".*\.json", read_coco),
    "pascal-voc": BoxLayout(r".*\.xml", read_voc_boxes),
    "manifest": BoxLayout(r".*\.csv", read_manifest_boxes),
    "yolo": BoxLayout(
        r"(?!classes\.txt|readme|train\.txt|val\.txt|test\.txt).*\.txt", read_yolo, True
    ),
}


@dataclass(frozen=True)
class FoundPhoto:
    """A photo's labels, the picture, and the split that they or their folders name."""

    label: LabelledPhoto
    picture_path: Path
    split: str


def box_layouts() -> tuple[str, ...]:
    """Return the names of the known layouts, sorted."""
    return tuple(sorted(_LAYOUTS))


def describe_box_layout(layout: str) -> str:
    """Return what a layout looks like and where it comes from.

    Raises:
        ValueError: No layout has this name.
    """
    return inspect.getdoc(_find_layout(layout).read) or ""


def detect_box_layout(source: Path) -> str:
    """Return the layout that the names of a file, or of the files in a folder, speak for.

    Raises:
        ValueError: None of them does.
        FileNotFoundError: There is no such folder or file.
    """
    if not source.exists():
        raise FileNotFoundError(f"There is no folder or file {str(source)!r}.")
    if source.name in ("data.yaml", "data.yml", "dataset.yaml"):
        return "yolo"
    index = PictureIndex(source if source.is_dir() else source.parent)
    for name, layout in _LAYOUTS.items():
        files = index.find_files(layout.pattern)
        if files if source.is_dir() else source.resolve() in files:
            return name
    known = ", ".join(box_layouts())
    raise ValueError(f"{source} must hold labels in one of {known}. Received: none of their files")


def find_photos(layout: str, source: Path, index: PictureIndex | None = None) -> list[FoundPhoto]:
    """Return every photo that labels below a folder, or in one file, speak of.

    Args:
        layout: One of `box_layouts()`.
        source: The folder, which is searched with all folders in it, or a single file; for YOLO
            also its `data.yaml`.
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
    if layout == "yolo" and source.suffix in (".yaml", ".yml"):
        source = source.parent
    index = index or PictureIndex(source if source.is_dir() else source.parent)
    files = index.find_files(found.pattern) if source.is_dir() else [source.resolve()]
    photos: list[FoundPhoto] = []
    problems: list[str] = []
    for path in files:
        where = f"{path.relative_to(index.folder).as_posix()}: " if source.is_dir() else ""
        for one in _read_file(found, path, index):
            if isinstance(one, Fault):
                problems.append(f"{where}{one}")
            else:
                photos.append(one)
    if problems:
        raise ManifestError(f"{source} has {len(problems)} bad {layout} labels:", problems)
    if not photos:
        raise ManifestError(f"{source} must hold {layout} labels. Received: {len(files)} files")
    return photos


def _read_file(layout: BoxLayout, path: Path, index: PictureIndex) -> Iterator[FoundPhoto | Fault]:
    arguments = (path, index) if layout.is_indexed else (path,)
    try:
        for one in layout.read(*arguments):
            yield one if isinstance(one, Fault) else _locate(one, path, index)
    except (ValueError, OSError) as error:
        yield Fault("", str(error))


def _locate(label: LabelledPhoto, path: Path, index: PictureIndex) -> FoundPhoto | Fault:
    try:
        picture_path = _find_picture(label.picture, path, index)
    except ValueError as error:
        return Fault(label.place, str(error))
    split = label.split or index.find_split(picture_path) or index.find_split(path)
    return FoundPhoto(label, picture_path, split)


def _find_picture(reference: str, path: Path, index: PictureIndex) -> Path:
    """Return the picture that a label names, or one of the same name that can be read."""
    bare, dot, suffix = reference.rpartition(".")
    if f"{dot}{suffix}".lower() not in _JPEG_2000:
        return index.find_picture(reference, path)
    try:
        return index.find_picture(bare, path)
    except ValueError:
        index.find_picture(reference, path)
    raise ValueError(
        f"{reference!r} is a JPEG 2000 picture, which is not read: "
        "turn the pictures into PNG or JPEG of the same names"
    )


def _find_layout(name: str) -> BoxLayout:
    if name not in _LAYOUTS:
        raise ValueError(f"`layout` must be one of {', '.join(box_layouts())}. Received: {name!r}")
    return _LAYOUTS[name]
