"""A reader without a network: the same picture always reads the same."""

import hashlib
from collections.abc import Sequence

import numpy as np

from lpr_core.plates.format import SEVEN
from lpr_core.serving import PlateReading, SlotReading

VERSION = "fake-00000000"
DOUBTFUL_PLACE = 2


class FakeReader:
    """Reads a plate out of the hash of its pixels; the third symbol is always doubtful.

    Args:
        texts: What to read, by the picture's mean colour rounded to (r, g, b); else the hash.
    """

    version = VERSION
    plate_format = SEVEN

    def __init__(self, texts: dict[tuple[int, int, int], str] | None = None) -> None:
        self.texts = texts or {}
        self.asked: list[str | None] = []

    def read(self, picture: np.ndarray, region: str | None = None) -> PlateReading:
        self.asked.append(region)
        colour = tuple(int(part) for part in picture.mean(axis=(0, 1)).round())
        text = self.texts.get(colour) or hash_text(picture)
        slots = tuple(read_slot(symbol, place) for place, symbol in enumerate(text))
        return PlateReading(
            text=text,
            doubtful_text=text[:DOUBTFUL_PLACE] + "?" + text[DOUBTFUL_PLACE + 1 :],
            confidence=0.5,
            slots=slots,
            pattern="Brazil, Mercosul" if region == "br" else None,
            region=region,
            reader_version=VERSION,
        )

    def read_batch(
        self, pictures: Sequence[np.ndarray], region: str | None = None
    ) -> list[PlateReading]:
        return [self.read(picture, region) for picture in pictures]


def hash_text(picture: np.ndarray) -> str:
    """Seven symbols that depend on every pixel."""
    digest = hashlib.sha256(picture.tobytes()).digest()
    return "".join(SEVEN.alphabet[byte % len(SEVEN.alphabet)] for byte in digest[:7])


def read_slot(symbol: str, place: int) -> SlotReading:
    doubtful = place == DOUBTFUL_PLACE
    probability = 0.55 if doubtful else 0.8 if place == DOUBTFUL_PLACE + 1 else 0.998
    other = "8" if symbol != "8" else "B"
    rest = (1 - probability) / 2
    alternatives = ((symbol, probability), (other, rest), ("_", rest))
    return SlotReading(symbol, probability, alternatives, doubtful)
