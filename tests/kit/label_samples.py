"""Small pictures and readings that the label tests share."""

import io

import numpy as np
from PIL import Image

from lpr_core.labels import LabelStore


def picture_bytes(seed: int = 0, *, width: int = 60, height: int = 20, kind: str = "PNG") -> bytes:
    """Random pixels: each seed another picture, equal seeds the same bytes."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def reading_dict(text: str = "ABC1D23", *, confidence: float = 0.9, **changes) -> dict:
    """What `PlateReading.to_dict` gives; the third slot is doubtful."""
    slots = [
        {
            "symbol": symbol,
            "probability": 0.4 if place == 2 else 0.99,
            "alternatives": [[symbol, 0.4 if place == 2 else 0.99], ["8", 0.01]],
            "doubtful": place == 2,
        }
        for place, symbol in enumerate(text)
    ]
    reading = {
        "text": text,
        "doubtful_text": f"{text[:2]}?{text[3:]}",
        "confidence": confidence,
        "slots": slots,
        "pattern": "Mercosul",
        "region": "br",
        "reader_version": "fake-00000000",
        "readable_from": 0.0,  # most tests are not about the floor
    }
    return reading | changes


def add_plate(store: LabelStore, seed: int = 0, name: str = "car.png", **reading) -> str:
    """Store a picture and what a model read in it; return its id."""
    picture_id = store.add_picture(picture_bytes(seed), name)
    store.add_reading(picture_id, reading_dict(**reading))
    return picture_id
