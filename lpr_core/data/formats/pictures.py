"""Find the picture that a label speaks of, and the split that its folders name."""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

PICTURE_SUFFIXES = ("jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "ppm")
PICTURE_PATTERN = rf".*\.({'|'.join(PICTURE_SUFFIXES)})"

_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-")
"""What Label Studio puts before the name of an uploaded file."""
_SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


def fold_name(name: str) -> str:
    """Return what names have in common that differ in Unicode form and case only."""
    return unicodedata.normalize("NFC", name).casefold()


class PictureNotFoundError(ValueError):
    """A label's picture is not there, or cannot be told from others of its name.

    Attributes:
        name: The picture's name.
        num_found: How many pictures may be meant.
    """

    def __init__(self, name: str, num_found: int) -> None:
        super().__init__(f"there must be one picture {name!r}. Received: {num_found}")
        self.name = name
        self.num_found = num_found


class PictureIndex:
    """Files to be found as labels name them.

    Args:
        folder: Where they are.
        names: Their paths below the folder, which need not be there; nothing else is ever found.
            None takes all files below the folder, except hidden ones, and labels may also name
            a file outside by its path.

    Attributes:
        folder: The folder, absolute.
    """

    def __init__(self, folder: Path, names: Iterable[str] | None = None) -> None:
        self.folder = folder.resolve()
        self._reaches_out = names is None
        paths = self.folder.rglob("*") if names is None else map(self.folder.joinpath, names)
        self._files = sorted(path for path in paths if names is not None or self._is_seen(path))
        self._known = set(self._files)
        self._by_path: dict[str, list[Path]] = defaultdict(list)
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for path in self._files:
            self._by_path[fold_name(str(path))].append(path)
            self._by_name[fold_name(path.name)].append(path)
        for path in self.find_files(PICTURE_PATTERN):
            self._by_name[fold_name(path.stem)].append(path)

    def find_files(self, pattern: str) -> list[Path]:
        """Return the files whose whole name matches, in any case, sorted."""
        return [path for path in self._files if re.fullmatch(pattern, path.name, re.IGNORECASE)]

    def find_picture(self, reference: str, label_path: Path) -> Path:
        r"""Return the picture that a label names, by a path with `/` or `\`, or by its name.

        The path may begin at the label's folder or at the top. Else the name decides, with or
        without its suffix, also behind the prefix of an upload; of several pictures of that name,
        the one in the folders that the label names, or else the one beside the label. Where no name
        is equal letter by letter, its other Unicode form and case will do.

        Raises:
            PictureNotFoundError: There is no such picture, or more than one.
        """
        plain = reference.replace("\\", "/")
        for written in dict.fromkeys((reference, plain)):
            for start in (label_path.parent, self.folder):
                path = Path(os.path.normpath(start / written))
                if path in self._known or (self._reaches_out and os.path.isfile(path)):  # noqa: PTH113
                    return path
                if len(alike := self._by_path.get(fold_name(str(path)), [])) == 1:
                    return alike[0]
        return self._find_by_name(PurePosixPath(plain), label_path)

    def _find_by_name(self, path: PurePosixPath, label_path: Path) -> Path:
        count = 0
        for name in dict.fromkeys((path.name, _UPLOAD_PREFIX.sub("", path.name))):
            alike = self._by_name.get(fold_name(name), [])
            equal = [one for one in alike if name in (one.name, one.stem)]
            found = _choose_nearest(equal or alike, path, label_path)
            if len(found) == 1:
                return found[0]
            count = count or len(found)
        raise PictureNotFoundError(path.name, count)

    def _is_seen(self, path: Path) -> bool:
        parts = path.relative_to(self.folder).parts
        return path.is_file() and not any(part.startswith(".") for part in parts)

    def find_split(self, path: Path) -> str:
        """Return the split that the folders above a file name, or its own name does; or nothing."""
        if not path.is_relative_to(self.folder):
            return ""
        inside = path.relative_to(self.folder).as_posix().lower()
        words = re.split(r"[\W_]+", inside)
        return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), "")


def _choose_nearest(found: Sequence[Path], path: PurePosixPath, label_path: Path) -> Sequence[Path]:
    """Return those of several files that share most folders with a path, or lie beside a label."""
    if len(found) < 2:
        return found
    shared = [_count_shared(one.parent.parts, path.parent.parts) for one in found]
    if max(shared):
        return [one for one, count in zip(found, shared, strict=True) if count == max(shared)]
    return [one for one in found if one.parent == label_path.parent] or found


def _count_shared(parts: Sequence[str], others: Sequence[str]) -> int:
    """Return how many last parts are equal."""
    pairs = zip(reversed(parts), reversed(others), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
