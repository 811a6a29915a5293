"""Labels as Label Studio's JSON, for its template "Optical Character Recognition".

https://labelstud.io/guide/task_format, https://labelstud.io/templates/optical_character_recognition
"""

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, TextIO
from urllib.parse import parse_qs, unquote, urlsplit

from lpr_core.data.samples import ManifestError
from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.exchange.tables import MAX_BYTES
from lpr_core.labels.exchange.words import PlateLabels, Word, read_time
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredPicture, StoredReading
from lpr_core.untrusted import read_untrusted

_IMAGE = "ocr"
_ADDRESS = "/data/local-files/?d="
"""How Label Studio names a file below its LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT."""
_REJECTED = tuple(mark.value for mark in (Mark.UNREADABLE, Mark.NOT_A_PLATE))


def write_label_studio(records: Iterable[PlateRecord], stream: TextIO) -> None:
    """Write one task for each plate, task by task.

    The latest reading of each reader is a prediction, an empty one below the reader's floor; the
    verdict that stands an annotation: a
    region of the whole picture with the text, or a cancelled annotation for an unreadable plate or
    none. Mark, author, time and region stand in the task's `data`, for Label Studio puts its own
    user and time on what it imports. It cannot hold earlier revisions, nor the slots of readings.
    """
    stream.write("[")
    for number, record in enumerate(records):
        stream.write(",\n" if number else "\n")
        json.dump(_write_task(record), stream, ensure_ascii=False)
    stream.write("\n]\n")


def read_label_studio_labels(path: Path) -> list[PlateLabels]:
    """Read tasks whose picture is named as `write_label_studio` names it.

    The last annotation that was not cancelled counts. Where it says what we wrote, it has our mark,
    author and time; where a person has changed it, that person's name, and the time of the change.
    A cancelled one counts only if we wrote it so. Predictions are not read.

    Raises:
        ManifestError: One or more tasks are bad; all are listed.
    """
    try:
        tasks = json.loads(read_untrusted(path, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path.name} is broken JSON: {error}.") from None
    if not isinstance(tasks, list):
        raise ManifestError(
            f"{path.name} must be a list of tasks. Received: {type(tasks).__name__}"
        )
    labels, problems = [], []
    for number, task in enumerate(tasks, start=1):
        try:
            labels.append(_read_task(task))
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            problems.append(f"task {number}: not as Label Studio writes tasks ({error!r})")
        except ValueError as error:
            problems.append(f"task {number}: {error}")
    if problems:
        raise ManifestError(f"{path.name} has {len(problems)} bad tasks:", problems)
    return labels


def _write_task(record: PlateRecord) -> dict[str, Any]:
    picture, revision = record.picture, record.revision
    data = {
        _IMAGE: f"{_ADDRESS}{image_path_of(picture)}",
        "name": picture.name,
        "plate_text": record.text,
        "plate_region": region_of(record),
        "mark": record.mark,
        "author": revision.author if revision else "",
        "saved_at": revision.saved_at.isoformat() if revision else "",
    }
    latest = {reading.reader_version: reading for reading in record.readings}
    return {
        "data": data,
        "predictions": [_write_prediction(reading, picture) for reading in latest.values()],
        "annotations": [_write_annotation(revision, picture)] if revision else [],
    }


def _write_prediction(reading: StoredReading, picture: StoredPicture) -> dict[str, Any]:
    return {
        "model_version": reading.reader_version,
        "score": reading.confidence,
        "result": _write_regions(reading.text, picture) if reading.is_readable else [],
    }


def _write_annotation(revision: Revision, picture: StoredPicture) -> dict[str, Any]:
    is_readable = revision.mark.is_readable
    return {
        "was_cancelled": not is_readable,
        "ground_truth": False,
        "created_at": revision.saved_at.isoformat(),
        "result": _write_regions(revision.after, picture) if is_readable else [],
    }


def _write_regions(text: str, picture: StoredPicture) -> list[dict[str, Any]]:
    """Write the plate as the template's three tags: a rectangle, its label, its text."""
    place = {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0}
    tags: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("bbox", "rectangle", {}),
        ("label", "labels", {"labels": ["Text"]}),
        ("transcription", "textarea", {"text": [text]}),
    )
    return [
        {
            "id": "plate",
            "from_name": name,
            "to_name": "image",
            "type": kind,
            "original_width": picture.width,
            "original_height": picture.height,
            "image_rotation": 0,
            "value": place | value,
        }
        for name, kind, value in tags
    ]


def _read_task(task: dict[str, Any]) -> PlateLabels:
    data = task["data"]
    image_path = _read_address(str(data[_IMAGE]))
    ours = _read_ours(data)
    return PlateLabels(image_path, _read_word(task, ours), str(data.get("plate_region", "")))


def _read_address(address: str) -> str:
    parts = urlsplit(address)
    return str(PurePosixPath(parse_qs(parts.query).get("d", [unquote(parts.path)])[0]))


def _read_ours(data: dict[str, Any]) -> Word | None:
    """Return the verdict that stood when we wrote the task."""
    mark = Mark(data.get("mark") or Mark.UNCHECKED)
    if mark is Mark.UNCHECKED:
        return None
    text = str(data["plate_text"]) if mark.is_readable else ""
    return Word(mark, text, str(data.get("author", "")), read_time(str(data.get("saved_at", ""))))


def _read_word(task: dict[str, Any], ours: Word | None) -> Word | None:
    made = task["annotations"]
    finished = [annotation for annotation in made if not annotation.get("was_cancelled")]
    if not finished:
        return ours if made and ours and ours.mark in _REJECTED else None
    annotation = finished[-1]
    texts = [
        found["value"]["text"] for found in annotation["result"] if found["type"] == "textarea"
    ]
    if len(texts) != 1:
        raise ValueError(f"one text area must say the plate's text. Received: {len(texts)}")
    text = (texts[0] if isinstance(texts[0], str) else texts[0][-1]).strip()
    if ours is not None and ours.text == text:
        return ours
    moment = str(annotation.get("updated_at") or annotation.get("created_at") or "")
    return Word(None, text, _read_author(annotation), read_time(moment))


def _read_author(annotation: dict[str, Any]) -> str:
    who = annotation.get("completed_by", "")
    if isinstance(who, dict):
        return str(who.get("email") or who.get("first_name") or who.get("id") or "")
    return f"Label Studio user {who}" if who else ""
