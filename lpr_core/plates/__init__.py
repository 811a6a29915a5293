"""Plates as text and as pictures: format, regional grammar, metrics, safe decoding."""

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
from lpr_core.plates.imaging import (
    MAX_BYTES,
    MAX_PIXELS,
    Picture,
    PictureError,
    add_margin,
    fit_picture,
    read_picture,
)
from lpr_core.plates.metrics import PlateScores, TextScores, score_plates, score_texts
from lpr_core.plates.patterns import Pattern, patterns_for, regions, restore_letters

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "SEVEN",
    "Decoding",
    "Pattern",
    "Picture",
    "PictureError",
    "PlateFormat",
    "PlateScores",
    "TextScores",
    "add_margin",
    "decode_plate",
    "decode_probabilities",
    "encode_plate",
    "encode_plates",
    "fit_picture",
    "normalize_plate",
    "one_hot",
    "patterns_for",
    "read_picture",
    "regions",
    "restore_letters",
    "score_plates",
    "score_texts",
]
