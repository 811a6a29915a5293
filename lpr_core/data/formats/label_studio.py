"""Labels of plates in Label Studio's JSON."""

import json
import re
from collections.abc import Iterable
from math import cos, radians, sin
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.samples import MAX_LABEL_BYTES, Box, ManifestError, Sample
from lpr_core.untrusted import read_untrusted


def read_label_studio(path: Path, index: PictureIndex) -> Iterable[Sample]:
    """Label Studio's JSON export of a task with text areas, for whole pictures or for regions.

    A text area's region (rectangle, also turned, or polygon) is the box. The first annotation that
    was not cancelled counts; tasks without one are passed over. The picture is found by its file
    name, also behind the upload's prefix of eight letters. Source:
    https://labelstud.io/guide/task_format and https://labelstud.io/templates/optical_character_recognition
    """
    tasks = _parse_json(path)
    samples: list[Sample] = []
    problems = []
    for number, task in enumerate(tasks, start=1):
        try:
            samples.extend(_read_task(task, path, index))
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            problems.append(f"task {number}: not as Label Studio writes tasks ({error!r})")
        except ValueError as error:
            problems.append(f"task {number}: {error}")
    if problems:
        raise ManifestError(f"{path} has bad tasks:", problems)
    return samples


def _parse_json(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(read_untrusted(path, MAX_LABEL_BYTES))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the JSON is broken: {error}") from None
    if not isinstance(tasks, list):
        raise ValueError(f"the export must be a list of tasks. Received: {type(tasks).__name__}")
    return tasks


def _read_task(task: dict[str, Any], path: Path, index: PictureIndex) -> Iterable[Sample]:
    done = [found for found in task["annotations"] if not found.get("was_cancelled")]
    if not done:
        return
    areas = [found for found in done[0]["result"] if found["type"] == "textarea"]
    if not areas:
        raise ValueError("no text area says the text of a plate")
    picture = _find_task_picture(task["data"], path, index)
    split = index.find_split(picture.parent)
    for area in areas:
        text = area["value"]["text"]
        text = (text if isinstance(text, str) else text[-1]).strip()
        if not text:
            raise ValueError("the plate's text is empty")
        yield Sample(picture, text, split=split, box=_region_box(area))


def _find_task_picture(data: dict[str, Any], path: Path, index: PictureIndex) -> Path:
    """Return the picture of a task; `data` holds its address under a name chosen by the project."""
    for address in data.values():
        parts = urlsplit(str(address))
        place = parse_qs(parts.query).get("d", [unquote(parts.path)])[0]
        name = PurePosixPath(place).name
        for candidate in (name, re.sub(r"^[0-9a-f]{8}-", "", name)):
            try:
                return index.find_picture(candidate, path)
            except ValueError:
                continue
    raise ValueError(f"there must be one picture of the task. Received: {data}")


def _region_box(area: dict[str, Any]) -> Box | None:
    """Return the upright box around a region, whose places are percents of the picture's size."""
    value = area["value"]
    if "points" in value:
        corners = value["points"]
    elif "width" in value:
        corners = [
            (0, 0),
            (value["width"], 0),
            (value["width"], value["height"]),
            (0, value["height"]),
        ]
    else:
        return None
    across, down = area["original_width"] / 100, area["original_height"] / 100
    left, top = value.get("x", 0) * across, value.get("y", 0) * down
    # Turned clockwise about the left top corner, https://labelstud.io/tags/rectangle
    angle = radians(value.get("rotation", 0))
    turned = [
        (
            left + x * across * cos(angle) - y * down * sin(angle),
            top + x * across * sin(angle) + y * down * cos(angle),
        )
        for x, y in corners
    ]
    return Box.around(turned)
