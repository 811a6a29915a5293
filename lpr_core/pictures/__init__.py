"""Pictures from files that nobody vouches for: signatures, decoding, likeness."""

from lpr_core.pictures.decoding import (
    MAX_BYTES,
    MAX_PIXELS,
    Picture,
    PictureError,
    add_margin,
    fit_picture,
    read_picture,
)

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "Picture",
    "PictureError",
    "add_margin",
    "fit_picture",
    "read_picture",
]
