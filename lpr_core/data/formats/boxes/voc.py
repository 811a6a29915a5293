"""Boxes in Pascal VOC's XML."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from lpr_core.data.formats.boxes.coco import require_size
from lpr_core.data.formats.boxes.labels import BoxesFound, LabelledBox, LabelledPhoto, parse_numbers
from lpr_core.data.formats.labels import Fault
from lpr_core.data.formats.pascal_voc import find_said_text, parse_voc
from lpr_core.files import write_bytes_atomic

_EDGES = ("xmin", "ymin", "xmax", "ymax")


def read_voc_boxes(path: Path) -> Iterator[BoxesFound]:
    """Pascal VOC: an XML file for each picture, with an `object` for each thing in it.

    `name` is its class, `bndbox` its edges in pixels as they stand there; a plate's text may stand
    in an element or attribute such as `text` or `plate_number`. A file without objects is a photo
    with nothing in it. Source: http://host.robots.ox.ac.uk/pascal/VOC/
    """
    root = parse_voc(path)
    boxes, is_sound = [], True
    for number, found in enumerate(root.iter("object"), start=1):
        try:
            boxes.append(_parse_object(found))
        except ValueError as error:
            is_sound = False
            yield Fault(f"object {number}", str(error))
    if is_sound:
        picture = root.findtext("filename") or path.stem
        yield LabelledPhoto("", picture, tuple(boxes), size=_parse_size(root))


def _parse_object(found: ElementTree.Element) -> LabelledBox:
    fields = [found.findtext(f"bndbox/{name}") or "" for name in _EDGES]
    left, top, right, bottom = parse_numbers(fields, "bndbox must have four numbers")
    name = (found.findtext("name") or "").strip()
    return LabelledBox.between(left, top, right, bottom, name, find_said_text(found))


def _parse_size(root: ElementTree.Element) -> tuple[int, int] | None:
    sides = [(root.findtext(f"size/{name}") or "").strip() for name in ("height", "width")]
    if not all(side.isdecimal() and int(side) for side in sides):
        return None
    return int(sides[0]), int(sides[1])


def write_voc(photos: Sequence[LabelledPhoto], folder: Path) -> None:
    """Write an XML file for each photo to a folder, named as the photo.

    Raises:
        ValueError: A photo's size is not known, or two photos have one name.
    """
    written: dict[Path, bytes] = {}
    for photo in photos:
        name = PurePosixPath(photo.picture.replace("\\", "/"))
        path = folder / f"{name.stem}.xml"
        if path in written:
            raise ValueError(f"photos must differ in more than their suffix: {photo.picture!r}")
        written[path] = _write_photo(photo, name.name)
    for path, content in written.items():
        write_bytes_atomic(path, content)


def _write_photo(photo: LabelledPhoto, name: str) -> bytes:
    height, width = require_size(photo)
    root = ElementTree.Element("annotation")
    _add(root, "filename", name)
    size = _add(root, "size")
    for side, pixels in (("width", width), ("height", height), ("depth", 3)):
        _add(size, side, str(pixels))
    for box in photo.boxes:
        found = _add(root, "object")
        _add(found, "name", box.class_name)
        if box.text:
            _add(found, "text", box.text)
        place = _add(found, "bndbox")
        edges = (box.x, box.y, box.x + box.width, box.y + box.height)
        for edge, number in zip(_EDGES, edges, strict=True):
            _add(place, edge, f"{number:.6f}".rstrip("0").rstrip("."))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text or None
    return child
