"""Find pictures that are the same, byte for byte or to the eye."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.fft import dctn
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lpr_core.data.samples import read_crop
from lpr_core.plates.imaging import Picture, fit_picture

NUM_BITS = 255
MAX_DISTANCE = 24
"""Bits of 255 in which near duplicates may differ.

Measured on 3,244 real crops: a plate saved again as JPEG of quality 40, brighter, at half size,
blurred or noisy differs in at most 22 bits in 99 of 100 cases; crops of different plates differ in
at least 54 (5.3 million pairs), 2,500 drawn plates of one design in at least 44. Clean drawings of
texts that differ in one similar symbol can come within the limit: they stay on one side for
nothing. The usual hash, 64 bits from 32 x 32 pixels, cannot tell plates apart: different ones come
as near as 4 bits. A picture cut anew (2 % off each side) differs in about 52 bits and is not found.
"""


def hash_contents(frame: pd.DataFrame) -> list[str]:
    """Return the SHA-256 of each row's picture file."""
    paths = list(frame["image_path"])
    unique = list(dict.fromkeys(paths))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = dict(zip(unique, pool.map(_hash_file, unique), strict=True))
    return [hashes[path] for path in paths]


def hash_pictures(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the perceptual hash of each row's plate, `(N, 255)`.

    Raises:
        PictureError: A picture cannot be read.
    """
    rows = [row for _, row in frame.iterrows()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = list(pool.map(lambda row: hash_picture(read_crop(row)), rows))
    return np.array(hashes, dtype=bool).reshape(len(rows), NUM_BITS)


def hash_picture(picture: Picture) -> NDArray[np.bool_]:
    """Return a pHash made wide for plates, `(255,)`.

    The grey picture is stretched to 32 x 128; of its cosine transform, the lowest 8 x 32
    frequencies except the mean are kept, each one bit: above the median or not.
    Method: http://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html
    """
    grey = cv2.cvtColor(fit_picture(picture, 32, 128), cv2.COLOR_RGB2GRAY)
    frequencies = dctn(grey.astype(np.float32), norm="ortho")[:8, :32].ravel()[1:]
    return frequencies > np.median(frequencies)


def find_near_pairs(
    hashes: NDArray[np.bool_], max_distance: int = MAX_DISTANCE, block_size: int = 2048
) -> NDArray[np.int64]:
    """Return the pairs of rows `(P, 2)`, smaller row first, whose hashes differ in few bits.

    Every pair is compared, as products of blocks of -1 and 1; 66,000 hashes take half a minute of
    one core.
    """
    signs = np.where(hashes, 1, -1).astype(np.float32)  # (N, 255)
    least = hashes.shape[1] - 2 * max_distance  # sum of products = bits - 2 * distance
    pairs = [np.empty((0, 2), np.int64)]
    for start in range(0, len(signs), block_size):
        products = signs[start : start + block_size] @ signs[start:].T
        near = np.argwhere(products >= least) + start
        pairs.append(near[near[:, 0] < near[:, 1]])
    return np.concatenate(pairs)


def find_near_groups(hashes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return a group number for each row `(N,)`; near duplicates, and theirs, share one."""
    unique, inverse = np.unique(hashes, axis=0, return_inverse=True)
    return join_pairs(find_near_pairs(unique), len(unique))[inverse.ravel()]


def join_pairs(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return a group number for each of `count` things `(count,)`, linked by pairs `(P, 2)`."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, groups = connected_components(links, directed=False)
    return groups.astype(np.int64)


def _hash_file(path: str) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
