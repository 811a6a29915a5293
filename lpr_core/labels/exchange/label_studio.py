"""Labels as Label Studio's JSON, for its template "Optical Character Recognition".

https://labelstud.io/guide/task_format, https://labelstud.io/templates/optical_character_recognition
"""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.tables.rows import PlateRecord, Revision, StoredPicture, StoredReading

_IMAGE = "ocr"
_ADDRESS = "/data/local-files/?d="
"""How Label Studio names a file below its LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT."""


def write_label_studio(records: Iterable[PlateRecord], stream: TextIO) -> None:
    """Write one task for each plate, task by task.

    The latest reading of each reader is a prediction, an empty one below the reader's floor; the
    verdict that stands an annotation: a
    region of the whole picture with the text, or a cancelled annotation for an unreadable plate or
    none. Mark, author, time, region and what else is known of the plate stand in the task's
    `data`, for Label Studio puts its own user and time on what it imports. It cannot hold earlier
    revisions, nor the slots of readings.
    """
    stream.write("[")
    for number, record in enumerate(records):
        stream.write(",\n" if number else "\n")
        json.dump(_write_task(record), stream, ensure_ascii=False)
    stream.write("\n]\n")


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
        **{name: said for name, said in picture.facts.write().items() if said},
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
