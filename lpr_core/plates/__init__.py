"""Plates as text: format, regional grammar, metrics."""

from lpr_core.plates.format import (
    SEVEN,
    PlateFormat,
    decode_plate,
    encode_plate,
    encode_plates,
    normalize_plate,
    one_hot,
)
from lpr_core.plates.grammar import Decoding, decode_probabilities
from lpr_core.plates.metrics import PlateScores, TextScores, score_plates, score_texts
from lpr_core.plates.patterns import Pattern, patterns_for, regions, restore_letters

__all__ = [
    "SEVEN",
    "Decoding",
    "Pattern",
    "PlateFormat",
    "PlateScores",
    "TextScores",
    "decode_plate",
    "decode_probabilities",
    "encode_plate",
    "encode_plates",
    "normalize_plate",
    "one_hot",
    "patterns_for",
    "regions",
    "restore_letters",
    "score_plates",
    "score_texts",
]
