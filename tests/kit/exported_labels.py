"""Plates to export, and what is looked for in the exported files."""

import csv
import io
from datetime import UTC, datetime

from lpr_core.labels.exchange import ExportKind
from tests.kit.label_samples import picture_bytes, reading_dict

FILES = [kind for kind in ExportKind if kind is not ExportKind.PLATES]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def add_plate(store, seed, text="ABC1D23", **reading):
    picture_id = store.add_picture(picture_bytes(seed), f"plate {seed}.png")
    store.add_reading(picture_id, reading_dict(text, **reading))
    return picture_id


def image_path(picture_id):
    return f"pictures/{picture_id[:2]}/{picture_id}.png"


def read_rows(content):
    return list(csv.reader(io.StringIO(content.decode())))
