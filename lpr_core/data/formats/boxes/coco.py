"""Boxes in COCO's JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lpr_core.data.formats.boxes.labels import BoxesFound, LabelledBox, LabelledPhoto, name_picture
from lpr_core.data.formats.labels import Fault
from lpr_core.data.samples import MAX_LABEL_BYTES
from lpr_core.files import write_text_atomic
from lpr_core.untrusted import read_untrusted


def read_coco(path: Path) -> Iterator[BoxesFound]:
    """COCO: one JSON with `images`, `annotations` and `categories`.

    `bbox` is left, top, width, height in pixels; a plate's text may stand in `text` or in
    `attributes.text`. Images without annotations have nothing in them; crowds (`iscrowd`) are
    passed over. A name such as `instances_train.json` gives the split.
    Source: https://cocodataset.org/#format-data
    """
    found = _parse_json(path)
    names = _index(found["categories"], "category")
    photos = _index(found["images"], "image")
    boxes: dict[Any, list[LabelledBox]] = {number: [] for number in photos}
    for number, annotation in enumerate(found["annotations"], start=1):
        try:
            if not annotation.get("iscrowd"):
                boxes[_find(annotation, "image_id", photos)].append(_parse_box(annotation, names))
        except (ValueError, AttributeError) as error:
            yield Fault(f"annotation {number}", _tell(error, annotation))
    for place, (number, image) in enumerate(photos.items(), start=1):
        name, height, width = (image.get(key) for key in ("file_name", "height", "width"))
        if not isinstance(name, str) or not name:
            yield Fault(f"image {place}", f"file_name must be a name. Received: {name!r}")
            continue
        size = (height, width) if isinstance(height, int) and isinstance(width, int) else None
        yield LabelledPhoto(f"image {place}", name, tuple(boxes[number]), size=size)


def _parse_json(path: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads(read_untrusted(path, MAX_LABEL_BYTES))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the JSON is broken: {error}") from None
    parts = ("images", "annotations", "categories")
    if not isinstance(found, dict) or not all(isinstance(found.get(part), list) for part in parts):
        got = ", ".join(map(str, found)) if isinstance(found, dict) else type(found).__name__
        raise ValueError(f"there must be lists {', '.join(parts)}. Received: {got or 'nothing'}")
    return found


def _index(rows: Sequence[Any], what: str) -> dict[Any, dict[str, Any]]:
    by_id: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        key = row.get("id") if isinstance(row, dict) else None
        if not isinstance(key, (int, str)):
            raise ValueError(f"{what} {number} must have an id. Received: {row!r:.80}")
        if key in by_id:
            raise ValueError(f"{what} {number} must have an id of its own. Received: {key!r}")
        by_id[key] = row
    return by_id


def _find(annotation: Mapping[str, Any], name: str, known: Mapping[Any, Any]) -> Any:
    key = annotation.get(name)
    if not isinstance(key, (int, str)) or key not in known:
        raise ValueError(f"{name} must be one of the file's. Received: {key!r}")
    return key


def _parse_box(
    annotation: Mapping[str, Any], names: Mapping[Any, Mapping[str, Any]]
) -> LabelledBox:
    name = names[_find(annotation, "category_id", names)].get("name")
    box = annotation.get("bbox")
    is_four = isinstance(box, list) and len(box) == 4
    if not is_four or not all(isinstance(n, (int, float)) for n in box or ()):
        raise ValueError(f"bbox must have four numbers. Received: {box!r}")
    assert box is not None
    left, top, width, height = map(float, box)
    said = annotation.get("text") or (annotation.get("attributes") or {}).get("text") or ""
    return LabelledBox.between(left, top, left + width, top + height, str(name or ""), str(said))


def _tell(error: Exception, annotation: object) -> str:
    if isinstance(error, AttributeError):
        return f"not as COCO has annotations. Received: {annotation!r:.80}"
    return str(error)


def write_coco(photos: Sequence[LabelledPhoto], path: Path) -> None:
    """Write photos as `read_coco` reads them; classes are numbered from 1 in alphabetical order.

    Raises:
        ValueError: A photo's size is not known.
    """
    names = sorted({box.class_name for photo in photos for box in photo.boxes})
    numbers = {name: number for number, name in enumerate(names, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, photo in enumerate(photos, start=1):
        height, width = require_size(photo)
        name = name_picture(Path(photo.picture), path.parent)
        images.append({"id": image_id, "file_name": name, "width": width, "height": height})
        for box in photo.boxes:
            written = _write_box(box, numbers) | {"id": len(annotations) + 1, "image_id": image_id}
            annotations.append(written)
    categories = [{"id": number, "name": name} for name, number in numbers.items()]
    whole = {"images": images, "annotations": annotations, "categories": categories}
    write_text_atomic(path, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _write_box(box: LabelledBox, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "category_id": numbers[box.class_name],
        "bbox": [round(n, 6) for n in (box.x, box.y, box.width, box.height)],
        "area": round(box.width * box.height, 6),
        "iscrowd": 0,
        **({"text": box.text} if box.text else {}),
    }


def require_size(photo: LabelledPhoto) -> tuple[int, int]:
    """Return a photo's height and width.

    Raises:
        ValueError: They are not known.
    """
    if photo.size is None:
        raise ValueError(f"the size of {photo.picture!r} must be known to write it")
    return photo.size
