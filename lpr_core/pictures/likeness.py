"""Tell which pictures are alike to the eye: a perceptual hash, and a search among many of them."""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lpr_core.pictures.decoding import Picture, fit_picture

NUM_BITS = 256
MAX_DISTANCE = 24
"""Bits of 256 in which near duplicates may differ: the project's one meaning of "near".

Measured on 3,244 real crops: a plate saved again as JPEG of quality 40, brighter, at half size,
blurred or noisy differs in at most 18 bits in 99 of 100 cases; crops of different plates differ
in at least 48 (5.3 million pairs), 1,500 drawn plates of one design in at least 56. Clean drawings
of texts that differ in one similar symbol can come within the limit. The usual hash, 64 bits from
32 x 32 pixels, cannot tell plates apart: different ones come as near as 4 bits. A picture cut anew
(2 % off each side) differs in about 42 bits and is not found.
"""

_SIDE = 16
_NUM_WORDS = NUM_BITS // 64
_FIRST_CAPACITY = 1024


def hash_picture(picture: Picture) -> NDArray[np.bool_]:
    """Return the perceptual hash (pHash) of a plate's picture, `(256,)`.

    The picture is stretched to 64 x 64 by the project's one resize; of its cosine transform, the
    lowest 16 x 16 frequencies give one bit each.
    Method: http://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html
    """
    image = Image.fromarray(fit_picture(picture, 4 * _SIDE, 4 * _SIDE))
    return imagehash.phash(image, hash_size=_SIDE).hash.ravel()


def write_hash(bits: NDArray[np.bool_]) -> str:
    """Return a hash as 64 hex digits, which is also how imagehash writes it."""
    return np.packbits(bits).tobytes().hex()


def read_hash(text: str) -> NDArray[np.bool_]:
    """Return the hash that `write_hash` wrote, `(256,)`.

    Raises:
        ValueError: The text is not 64 hex digits.
    """
    return np.unpackbits(np.frombuffer(_read_bytes(text), np.uint8)).astype(bool)


class LikenessIndex:
    """Hashes of many pictures, among which the nearest one is found.

    A search compares with all of them, 64 bits at a time: 0.3 ms among 100,000. Not safe to share
    between threads.
    """

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._words = np.empty((_NUM_WORDS, _FIRST_CAPACITY), np.uint64)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: str, text: str) -> None:
        """Take in a picture.

        Args:
            key: What `find_nearest` shall call it.
            text: Its hash, as `write_hash` writes it.
        """
        count = len(self._keys)
        if count == self._words.shape[1]:
            self._words = np.concatenate([self._words, np.empty_like(self._words)], axis=1)
        self._words[:, count] = _read_words(text)
        self._keys.append(key)

    def find_nearest(self, text: str) -> str | None:
        """Return the key of the nearest picture within `MAX_DISTANCE`, the first among equals."""
        if not self._keys:
            return None
        known = self._words[:, : len(self._keys)]
        differing = np.bitwise_count(known ^ _read_words(text)[:, np.newaxis])  # (4, N)
        distances = differing.sum(axis=0, dtype=np.uint16)
        nearest = int(distances.argmin())
        return self._keys[nearest] if distances[nearest] <= MAX_DISTANCE else None


def _read_words(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(_read_bytes(text), np.uint64)


def _read_bytes(text: str) -> bytes:
    content = bytes.fromhex(text)
    if len(content) != NUM_BITS // 8:
        raise ValueError(f"A hash has {NUM_BITS // 4} hex digits. Received: {text[:80]!r}")
    return content
