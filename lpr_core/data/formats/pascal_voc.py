"""Labels of plates in Pascal VOC's XML, as LabelImg, CVAT and others write it."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from lpr_core.data.formats.labels import Found, PictureLabel, Said
from lpr_core.data.samples import MAX_LABEL_BYTES, Box
from lpr_core.untrusted import read_untrusted

_TEXT_NAMES = {
    "text",
    "plate",
    "plate_text",
    "plate_number",
    "number",
    "licence_plate",
    "license_plate",
    "registration",
    "transcription",
}


def read_voc(path: Path) -> Iterator[Found]:
    """Pascal VOC: an XML file for each picture with `filename`, and `object/bndbox` for each plate.

    The text stands in an attribute (`attributes/attribute` with `name` and `value`, as CVAT writes
    it) or element called `text`, `plate`, `plate_text`, `plate_number`, `number`, `license_plate`,
    `registration` or `transcription`; else in the object's `name` when that has a digit, so that
    classes such as "car" are passed over. Source: http://host.robots.ox.ac.uk/pascal/VOC/
    """
    root = parse_voc(path)
    picture = root.findtext("filename") or path.stem
    plates = [(text, found) for found in root.iter("object") if (text := _find_text(found))]
    if not plates:
        raise ValueError("no object says the text of a plate")
    for text, found in plates:
        yield PictureLabel("", picture, Said(text), box=_find_box(found))


class _PlainBuilder(ElementTree.TreeBuilder):
    """Builds a tree, but stops at a document type: entities in it can grow without bound."""

    def doctype(self, name: str, *_: object) -> None:
        raise ValueError(f"a document type is not read. Received: <!DOCTYPE {name}>")


def parse_voc(path: Path) -> ElementTree.Element:
    """Return the outermost element of an annotation.

    Raises:
        ValueError: The file holds none, or a document type.
    """
    try:
        content = read_untrusted(path, MAX_LABEL_BYTES)
        root = ElementTree.XML(content, ElementTree.XMLParser(target=_PlainBuilder()))
    except (ElementTree.ParseError, LookupError) as error:  # LookupError: of an encoding
        raise ValueError(f"the XML is broken: {error}") from None
    if root.tag != "annotation":
        raise ValueError(f"the outermost element must be `annotation`. Received: {root.tag!r}")
    return root


def _find_text(found: ElementTree.Element) -> str:
    name = (found.findtext("name") or "").strip()
    return find_said_text(found) or (name if re.search(r"\d", name) else "")


def find_said_text(found: ElementTree.Element) -> str:
    """Return the text that an element or attribute of an object says; empty where none does."""
    said = {child.tag.lower(): child.text or "" for child in found}
    for attribute in found.iterfind("attributes/attribute"):
        said[(attribute.findtext("name") or "").lower()] = attribute.findtext("value") or ""
    texts = [text.strip() for name, text in said.items() if name in _TEXT_NAMES and text.strip()]
    return texts[0] if texts else ""


def _find_box(found: ElementTree.Element) -> Box:
    corners = [found.findtext(f"bndbox/{name}") for name in ("xmin", "ymin", "xmax", "ymax")]
    try:
        left, top, right, bottom = (float(corner or "") for corner in corners)
    except ValueError:
        raise ValueError(f"bndbox must have four numbers. Received: {corners}") from None
    return Box.around([(left, top), (right, bottom)])
