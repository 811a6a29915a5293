"""Split plates into training, validation and test so that nothing is on two sides, and prove it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.duplicates import find_near_groups, hash_contents, hash_pictures, join_pairs
from lpr_core.data.samples import SPLITS

LeakKind = Literal["text", "content", "track", "near"]

_LEAK_NAMES: dict[LeakKind, str] = {
    "text": "The plate",
    "content": "The same file",
    "track": "A track",
    "near": "Nearly the same picture",
}


@dataclass(frozen=True)
class Leak:
    """Something that stands in more than one split.

    Attributes:
        kind: The same plate text, the same file content, the same track, or pictures alike to the
            eye.
        splits: Where it stands, sorted.
        plate_texts: The texts, sorted; more than one tells of a wrong label.
        image_paths: The pictures, in the order of the frame.
    """

    kind: LeakKind
    splits: tuple[str, ...]
    plate_texts: tuple[str, ...]
    image_paths: tuple[str, ...]

    def __str__(self) -> str:
        names = ", ".join(Path(path).name for path in self.image_paths)
        texts, sides = ", ".join(self.plate_texts), " and ".join(self.splits)
        return f"{_LEAK_NAMES[self.kind]} ({texts}) is in {sides}: {names}."


def split_manifest(frame: pd.DataFrame, fractions: Mapping[str, float], seed: int) -> pd.DataFrame:
    """Return a copy of the frame with new splits.

    Pictures of the same plate text, of the same content, of the same track, or alike to the eye
    (with the same text or not) stay together. Within each region the splits take turns, so that
    each gets its share.

    Args:
        frame: Rows as `read_manifest` returns them.
        fractions: Share of the rows for each split, above 0, together 1.
        seed: Equal seeds give equal splits, whatever the frame's index.

    Raises:
        ValueError: The fractions are wrong, or a split would get no plate.
        PictureError: A picture cannot be read.
    """
    _check_fractions(fractions)
    groups = pd.Series(_find_groups(frame), index=frame.index)
    order = _shuffle_groups(frame, groups, seed)
    taken = _deal(groups.value_counts().reindex(order), fractions)
    missing = sorted(set(fractions) - set(taken.values()))
    if missing:
        raise ValueError(
            f"Every split needs a plate: {len(order)} independent plates left "
            f"{', '.join(missing)} empty."
        )
    return frame.assign(split=groups.map(taken).astype("str"))


def check_leakage(frame: pd.DataFrame) -> tuple[Leak, ...]:
    """Return everything that stands in more than one split; rows without a split do not count.

    Raises:
        PictureError: A picture cannot be read.
    """
    rows = frame[frame["split"] != ""]
    contents = pd.Series(hash_contents(rows), index=rows.index)
    alike = pd.Series(find_near_groups(hash_pictures(rows)), index=rows.index)
    leaks = [*_leaks_of("text", rows, rows["plate_text"]), *_leaks_of("content", rows, contents)]
    if "track" in rows:
        leaks += _leaks_of("track", rows, rows["track"].mask(rows["track"] == ""))
    # The same file more than once is a leak of content already.
    firsts = rows[~contents.duplicated()]
    return (*leaks, *_leaks_of("near", firsts, alike[firsts.index]))


def _leaks_of(kind: LeakKind, rows: pd.DataFrame, keys: pd.Series) -> list[Leak]:
    return [
        Leak(
            kind,
            tuple(sorted(same["split"].unique())),
            tuple(sorted(same["plate_text"].unique())),
            tuple(same["image_path"]),
        )
        for _, same in rows.groupby(keys, sort=False)
        if same["split"].nunique() > 1
    ]


def _check_fractions(fractions: Mapping[str, float]) -> None:
    unknown = sorted(set(fractions) - set(SPLITS))
    if unknown:
        raise ValueError(f"Splits are {', '.join(SPLITS)}. Received: {', '.join(unknown)}")
    if min(fractions.values(), default=0) <= 0 or not np.isclose(sum(fractions.values()), 1):
        raise ValueError(f"`fractions` must be above 0 and sum to 1. Received: {dict(fractions)}")


def name_groups(frame: pd.DataFrame, column: str = "plate_text") -> pd.Series:
    """Return for each row the first of all texts that it is linked to, by text or by track.

    Without tracks, that is its own text. Pictures are not looked at.

    Args:
        frame: Rows of a manifest.
        column: Where the texts stand.
    """
    texts = frame[column]
    groups = _link_rows([list(texts), _name_tracks(frame)])
    return texts.groupby(groups).transform("min")


def _find_groups(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return a group number for each row `(N,)`; text, content, track and looks link rows."""
    return _link_rows(
        [
            list(frame["plate_text"]),
            hash_contents(frame),
            _name_tracks(frame),
            find_near_groups(hash_pictures(frame)).tolist(),
        ]
    )


def _name_tracks(frame: pd.DataFrame) -> list[str]:
    """Return a key for each row; rows without a track have one of their own."""
    tracks = list(frame["track"]) if "track" in frame else [""] * len(frame)
    return [f"track {track}" if track else f"row {row}" for row, track in enumerate(tracks)]


def _link_rows(keys: Sequence[Sequence[object]]) -> NDArray[np.int64]:
    """Return a group number for each row `(N,)`; rows that share any key are linked."""
    rows = np.arange(len(keys[0]))
    # Each row is linked to the first one with the same key.
    firsts = [pd.Series(rows).groupby(list(key)).transform("first").to_numpy() for key in keys]
    pairs = np.concatenate([np.stack([rows, first], axis=1) for first in firsts])
    return join_pairs(pairs, len(rows))


def _shuffle_groups(frame: pd.DataFrame, groups: pd.Series, seed: int) -> list[int]:
    """Return the groups in random order, region after region."""
    regions = frame["plate_region"].groupby(groups).first().sort_index()
    shuffled = regions.iloc[np.random.default_rng(seed).permutation(len(regions))]
    return list(shuffled.sort_values(kind="stable").index)


def _deal(sizes: pd.Series, fractions: Mapping[str, float]) -> dict[Hashable, str]:
    """Give each group of so many rows, in order, to the split that is furthest below its share."""
    taken = dict.fromkeys(fractions, 0)
    dealt: dict[Hashable, str] = {}
    for group, size in sizes.items():
        total = sum(taken.values()) + size
        split = max(fractions, key=lambda name: fractions[name] * total - taken[name])
        taken[split] += size
        dealt[group] = split
    return dealt
