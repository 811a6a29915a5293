"""Find pictures that are the same, byte for byte or to the eye."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.samples import read_crop
from lpr_core.pictures.likeness import MAX_DISTANCE, NUM_BITS, hash_picture
from lpr_core.untrusted import open_untrusted


def hash_contents(frame: pd.DataFrame) -> list[str]:
    """Return the SHA-256 of each row's picture file."""
    paths = list(frame["image_path"])
    unique = list(dict.fromkeys(paths))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = dict(zip(unique, pool.map(_hash_file, unique), strict=True))
    return [hashes[path] for path in paths]


def hash_pictures(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the perceptual hash of each row's plate, `(N, 256)`.

    Raises:
        PictureError: A picture cannot be read.
    """
    rows = [row for _, row in frame.iterrows()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = list(pool.map(lambda row: hash_picture(read_crop(row)), rows))
    return np.array(hashes, dtype=bool).reshape(len(rows), NUM_BITS)


def find_near_pairs(
    hashes: NDArray[np.bool_], max_distance: int = MAX_DISTANCE, block_size: int = 2048
) -> NDArray[np.int64]:
    """Return the pairs of rows `(P, 2)`, smaller row first, whose hashes differ in few bits.

    Every pair is compared, as products of blocks of -1 and 1; 66,000 hashes take half a minute of
    one core.
    """
    signs = np.where(hashes, 1, -1).astype(np.float32)  # (N, 256)
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
    # Only now: half a second that reading a manifest does not need.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, groups = connected_components(links, directed=False)
    return groups.astype(np.int64)


def _hash_file(path: str) -> str:
    with open_untrusted(Path(path)) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
