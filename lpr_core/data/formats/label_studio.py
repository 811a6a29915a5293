"""Labels of plates in Label Studio's JSON."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from lpr_core.data.formats.labels import Fault, Found, PictureLabel, Said
from lpr_core.data.formats.pictures import PICTURE_PATTERN
from lpr_core.data.samples import MAX_LABEL_BYTES, Box
from lpr_core.plates.facts import PlateFacts
from lpr_core.untrusted import read_untrusted

_PICTURE_KEYS = ("ocr", "image")
"""How Label Studio's templates call a task's picture; a project may call it anything."""


def read_label_studio(path: Path) -> Iterator[Found]:
    """Label Studio's JSON export of a task with text areas, for whole pictures or for regions.

    A text area's region (rectangle, also turned, or polygon) is the box; several areas are several
    plates. The last annotation that was not cancelled counts; where the others have other texts,
    the label says so. A task without one has no verdict. The picture may stand under any name in
    the task's data, and is found by its path, or its file name, also behind the upload's prefix of
    eight letters. Source:
    https://labelstud.io/guide/task_format and https://labelstud.io/templates/optical_character_recognition
    """
    for number, task in enumerate(_parse_json(path), start=1):
        place = f"task {number}"
        try:
            yield from _read_task(place, task)
        except KeyError as error:
            hint = "; this is its JSON-MIN, export its JSON instead" if "annotator" in task else ""
            yield Fault(place, f"not as Label Studio writes tasks: {error} is missing{hint}")
        except (AttributeError, IndexError, TypeError):
            yield Fault(place, "not as Label Studio writes tasks")
        except ValueError as error:
            yield Fault(place, str(error))


def _parse_json(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(read_untrusted(path, MAX_LABEL_BYTES))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the JSON is broken: {error}") from None
    if not isinstance(tasks, list):
        raise ValueError(f"the export must be a list of tasks. Received: {type(tasks).__name__}")
    return tasks


def _read_task(place: str, task: dict[str, Any]) -> list[PictureLabel]:
    """Return a task's labels, all or none: one for each text area, or one without a verdict."""
    made, data = task["annotations"], task["data"]
    finished = [found for found in made if not found.get("was_cancelled")]
    no_picture = f"there must be one picture of the task. Received: {data}"
    unsaid = PictureLabel(
        place,
        _find_address(data, no_picture),
        said=None,
        region=str(data.get("plate_region", "")),
        facts=PlateFacts.parse(data),
        earlier=_read_earlier(data),
        is_cancelled=bool(made) and not finished,
        not_found=no_picture,
    )
    if not finished:
        return [unsaid]
    note = _compare_annotations(finished)
    return [
        replace(unsaid, said=said, box=box, fills_picture=is_whole, note=note)
        for said, box, is_whole in _read_annotation(finished[-1])
    ]


def _find_address(data: Mapping[str, Any], problem: str) -> str:
    """Return the path in the address of a task's picture."""
    found = [str(data[key]) for key in _PICTURE_KEYS if key in data][:1] or [
        value
        for value in data.values()
        if isinstance(value, str) and re.fullmatch(PICTURE_PATTERN, _path_in(value), re.IGNORECASE)
    ]
    if len(found) != 1:
        raise ValueError(problem)
    return _path_in(found[0])


def _path_in(address: str) -> str:
    """Return the path in an address; one below "local files" stands in its query."""
    parts = urlsplit(address)
    return str(PurePosixPath(parse_qs(parts.query).get("d", [unquote(parts.path)])[0]))


def _read_earlier(data: Mapping[str, Any]) -> Said | None:
    """Return the verdict that stood when we wrote the task, if we did."""
    if not data.get("mark"):
        return None
    names = ("plate_text", "mark", "author", "saved_at")
    return Said(*(str(data.get(name, "")) for name in names))


def _read_annotation(
    annotation: Mapping[str, Any],
) -> list[tuple[Said, Box | None, bool]]:
    """Return what each text area says, its box, and whether that is the whole picture."""
    areas = _find_areas(annotation)
    if not areas:
        raise ValueError("no text area says the text of a plate")
    author = _read_author(annotation)
    moment = str(annotation.get("updated_at") or annotation.get("created_at") or "")
    places = {str(found.get("id")): found for found in annotation["result"] if _has_place(found)}
    read = []
    for area in areas:
        placed = area if _has_place(area) else places.get(str(area.get("id", area)))
        box, is_whole = _find_box(placed) if placed else (None, False)
        read.append((Said(_read_text(area), "", author, moment), box, is_whole))
    return read


def _find_areas(annotation: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [found for found in annotation["result"] if found["type"] == "textarea"]


def _read_text(area: Mapping[str, Any]) -> str:
    """Return the one text of an area; lines in it become blanks.

    Several texts may be the rows of one plate, or a first try and its correction: nobody can tell.
    """
    written = area["value"]["text"]
    texts = [written] if isinstance(written, str) else list(written)
    said = [" ".join(str(text).split()) for text in texts]
    said = [text for text in said if text]
    if not said:
        raise ValueError("the plate's text is empty")
    if len(said) > 1:
        raise ValueError(
            "a text area must have one text, of both rows where a plate has two. "
            f"Received: {', '.join(map(repr, said))}"
        )
    return said[0]


def _read_author(annotation: Mapping[str, Any]) -> str:
    who = annotation.get("completed_by", "")
    if isinstance(who, dict):
        return str(who.get("email") or who.get("first_name") or who.get("id") or "")
    return f"Label Studio user {who}" if who else ""


def _compare_annotations(finished: Sequence[Mapping[str, Any]]) -> str:
    """Say in a sentence where annotations of one task have other texts than the last one."""
    said = [" and ".join(map(_show_text, _find_areas(found))) for found in finished]
    others = [text for text in dict.fromkeys(said) if text != said[-1]]
    if not others:
        return ""
    taken, left = said[-1] or "nothing", ", ".join(text or "nothing" for text in others)
    return f"{len(others) + 1} annotations disagree: the last one, {taken}, was taken, not {left}."


def _show_text(area: Mapping[str, Any]) -> str:
    return repr(area["value"]["text"]).strip("[]")


def _has_place(found: Mapping[str, Any]) -> bool:
    return bool({"points", "width"} & set(found["value"]))


def _find_box(found: Mapping[str, Any]) -> tuple[Box, bool]:
    """Return the upright box around a region, and whether the region is the whole picture.

    Places are percents of the picture's size.
    """
    value = found["value"]
    width, height = found["original_width"], found["original_height"]
    across, down = width / 100, height / 100
    left, top = value.get("x", 0) * across, value.get("y", 0) * down
    # Turned clockwise about the left top corner, https://labelstud.io/tags/rectangle
    angle = radians(value.get("rotation", 0))
    turned = [
        (
            left + x * across * cos(angle) - y * down * sin(angle),
            top + x * across * sin(angle) + y * down * cos(angle),
        )
        for x, y in _find_corners(value)
    ]
    box = Box.around(turned)
    return box, box == Box(0, 0, width, height)


def _find_corners(value: Mapping[str, Any]) -> Sequence[tuple[float, float]]:
    if "points" in value:
        return value["points"]
    across, down = value["width"], value["height"]
    return [(0, 0), (across, 0), (across, down), (0, down)]
