"""What a person does at the labelling desk: have pictures read, correct them, look back."""

import io
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from lpr_core.labels import (
    UNCHECKED,
    LabelStore,
    Mark,
    PlateRecord,
)
from lpr_core.labels.pictures import number_plate, plain_name
from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID
from lpr_core.pictures.apart import read_picture_apart
from lpr_core.pictures.decoding import Picture, read_picture, read_picture_file
from lpr_core.plates.patterns import all_patterns
from lpr_core.plates.readable import hide_unreadable
from lpr_core.serving.pipeline import Pipeline, SeenPlate
from lpr_core.serving.reader import PlateReading

SURE_FROM = 0.97
"""A symbol at least this probable is shown as sure, unless its reader doubts it."""
MAX_WAITING = 50
MAX_READS_AT_ONCE = 2

Card = dict[str, Any]
Photo = dict[str, Any]
"""`cards`, and `boxes` of the plates that were found in a photo, as shares of its size."""
FAMILY_NAMES = {"": "Countries", "eu": "Europe", "us": "United States"}


class LabelDesk:
    """Joins a reader and a store.

    A card is one plate as the page shows it, JSON-ready; see `make_card`.

    Args:
        reader: Has `read(picture, region) -> PlateReading`.
        store: Where everything is kept.
        finder: Has `find(picture) -> list[FoundBox]`; None takes every picture for one plate.
    """

    def __init__(self, reader: Any, store: LabelStore, finder: Any = None) -> None:
        self._reader = reader
        self._pipeline = Pipeline(finder, reader)
        self._store = store
        self._view = store.seen_by("", sees_all=True)
        self._turns = threading.BoundedSemaphore(MAX_READS_AT_ONCE)

    def seen_by(self, name: str, *, sees_all: bool) -> "LabelDesk":
        """Return the desk as a person works at it, see `LabelStore.seen_by`; turns are shared."""
        desk = copy(self)
        desk._view = self._store.seen_by(name, sees_all=sees_all)
        return desk

    def read(
        self, path: Path, name: str, region: str | None, project_id: int = DEFAULT_PROJECT_ID
    ) -> Photo:
        """Find and read the plates of one uploaded picture, store them, and return their cards.

        Each plate of a photo is stored as a picture of its own, cut out upright. Where nothing is
        found the whole picture is one plate, for a person may see more. The file is opened when its
        turn has come: however many wait, few are in memory.

        Raises:
            PictureError: The file is not a picture that we take.
            ValueError: Unknown region.
            StoreError: It could not be kept.
        """
        with self._turns:
            content = read_picture_file(path)
            picture = read_picture_apart(content)
            plates = self._pipeline.read(picture, region).plates
            if not plates:
                reading = self._reader.read(picture, region)
                return {"cards": [self._keep(content, name, project_id, reading)], "boxes": []}
            names = (number_plate(plain_name(name), number) for number in count(1))
            cards = [
                self._keep(
                    content if plate.found is None else _encode(plate.crop),
                    plate_name,
                    project_id,
                    plate.reading,
                )
                for plate, plate_name in zip(plates, names, strict=False)
            ]
            return {"cards": cards, "boxes": _show_boxes(plates, picture.shape[:2])}

    def _keep(self, content: bytes, name: str, project_id: int, reading: PlateReading) -> Card:
        picture_id = self._store.add_picture(content, name, project_id)
        return make_card(self._view.add_reading(picture_id, reading.to_dict()))

    def read_again(self, picture_ids: Sequence[str], region: str | None) -> list[Card]:
        """Read stored pictures again for another region, unless a person has checked them.

        Raises:
            ValueError: Unknown picture or region.
            StoreError: The store does not answer.
        """
        cards = []
        for picture_id in picture_ids:
            record = self._view.history(picture_id)
            if record.mark == UNCHECKED:
                record = self._view.add_reading(picture_id, self._read_stored(record, region))
            cards.append(make_card(record))
        return cards

    def have_read(self, record: PlateRecord, region: str | None) -> PlateRecord:
        """Return a plate with a reading: the stored one, else one made and stored now.

        Raises:
            StoreError: The store does not answer.
        """
        if record.reading:
            return record
        picture_id = record.picture.picture_id
        return self._view.add_reading(picture_id, self._read_stored(record, region))

    def read_as(self, picture_id: str, region: str | None) -> Card:
        """Return what is read when a plate comes from a region, as a card's `read`.

        It is stored while nobody has checked the plate; what a person saw then stays as it was.

        Raises:
            ValueError: Unknown picture or region.
            StoreError: The store does not answer.
        """
        record = self._view.history(picture_id)
        reading = self._read_stored(record, region)
        if record.mark == UNCHECKED:
            self._view.add_reading(picture_id, reading)
        return _show_reading(reading)

    def _read_stored(self, record: PlateRecord, region: str | None) -> dict[str, Any]:
        with self._turns:
            picture = read_picture(self._store.pictures_dir / record.picture.file_name)
            return self._reader.read(picture, region).to_dict()

    def correct(self, picture_id: str, text: str, mark: str, author: str) -> Card:
        """Keep a person's verdict and return the card as it now stands.

        Raises:
            BlindError: She is to read this plate in the queue.
            ValueError: Unknown picture or mark, or a text that is no plate text.
            StoreError: It could not be kept.
        """
        verdict = Mark(mark) if mark else None
        return make_card(self._view.add_revision(picture_id, verdict, text, author))

    def waiting(self, picture_id: str = "") -> list[Card]:
        """Return the plates that nobody has checked yet, oldest first; or the one asked for.

        Raises:
            ValueError: Unknown picture.
            StoreError: The store does not answer.
        """
        if picture_id:
            return [make_card(self._view.history(picture_id))]
        page = self._view.search(mark=UNCHECKED, page_size=MAX_WAITING)
        return [make_card(record) for record in reversed(page.records)]


def _show_boxes(plates: Sequence[SeenPlate], size: tuple[int, int]) -> list[list[float]]:
    """Return the found plates' left, top, right and bottom edges as shares of the photo's size."""
    height, width = size
    edges = [plate.found.box for plate in plates if plate.found is not None]
    return [
        [left / width, top / height, right / width, bottom / height]
        for left, top, right, bottom in edges
    ]


def _encode(crop: Picture) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(crop).save(stream, "PNG")
    return stream.getvalue()


def make_card(record: PlateRecord) -> Card:
    """Return what the page shows of a plate.

    `read` is the model's part, `text` and `mark` are what stands: a person's word before it. Below
    the reader's floor `read` has no text, and its `note` says so.
    """
    picture, revision = record.picture, record.revision
    return {
        "id": picture.picture_id,
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
        "text": record.text,
        "mark": record.mark,
        "author": revision.author if revision else "",
        "read": _show_reading(vars(record.reading)) if record.reading else None,
    }


def show_history(record: PlateRecord) -> dict[str, Any]:
    """Return everything that was said of a plate, without texts that count as nothing read."""
    plain = record.to_dict()
    return plain | {"readings": [hide_unreadable(reading) for reading in plain["readings"]]}


def _show_reading(reading: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("text", "confidence", "region", "pattern", "reader_version", "is_readable", "note")
    seen = hide_unreadable(reading)
    # Slots behind the end of a short plate hold pads; there is nothing to show.
    slots = seen["slots"][: len(seen["text"])]
    return {name: seen[name] for name in shown} | {"slots": [_show_slot(slot) for slot in slots]}


def _show_slot(slot: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "symbol": slot["symbol"],
        "probability": slot["probability"],
        "level": confidence_level(slot["probability"], slot["doubtful"]),
        "alternatives": [pair for pair in slot["alternatives"] if pair[0].isalnum()],
    }


def confidence_level(probability: float, doubtful: bool) -> str:
    """Name how sure a symbol is: `sure`, `unsure` or `doubtful`."""
    if doubtful:
        return "doubtful"
    return "sure" if probability >= SURE_FROM else "unsure"


@cache
def region_groups() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the regions to choose from: groups of (name, code); lone countries come first."""
    names = _region_names()
    families: dict[str, list[tuple[str, str]]] = {}
    for pattern in all_patterns():
        choice = (names[pattern.region], pattern.region)
        group = "" if pattern.family == pattern.region else pattern.family
        if choice not in families.setdefault(group, []):
            families[group].append(choice)
    return tuple(
        (FAMILY_NAMES.get(family, family), (*_whole(family), *sorted(families[family])))
        for family in sorted(families)
    )


def _region_names() -> dict[str, str]:
    """Name each region by its patterns, which are called "Name, variant"."""
    full = {pattern.region: pattern.name for pattern in reversed(all_patterns())}
    short = {region: name.split(",")[0] for region, name in full.items()}
    shared = {name for name, times in Counter(short.values()).items() if times > 1}
    return {region: full[region] if short[region] in shared else short[region] for region in full}


def _whole(family: str) -> tuple[tuple[str, str], ...]:
    return ((f"{FAMILY_NAMES.get(family, family)}, anywhere", family),) if family else ()
