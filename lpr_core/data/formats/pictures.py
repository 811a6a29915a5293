"""Find the picture that a label speaks of, and the split that its folders name."""

import re
from collections import defaultdict
from pathlib import Path

PICTURE_PATTERN = r".*\.(jpe?g|png|webp|bmp|tiff?)"

_SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


class PictureIndex:
    """All files below a folder, except hidden ones, to be found by name.

    Attributes:
        folder: The folder, absolute.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._files = sorted(path for path in self.folder.rglob("*") if self._is_seen(path))
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for path in self.find_files(PICTURE_PATTERN):
            self._by_name[path.name].append(path)
            self._by_name[path.stem].append(path)

    def find_files(self, pattern: str) -> list[Path]:
        """Return the files whose whole name matches, in any case, sorted."""
        return [path for path in self._files if re.fullmatch(pattern, path.name, re.IGNORECASE)]

    def find_picture(self, name: str, label_path: Path) -> Path:
        """Return the picture of this file name, with or without its suffix.

        One beside the label comes first; otherwise there must be exactly one below the folder.

        Raises:
            ValueError: There is no such picture, or more than one.
        """
        found = self._by_name.get(name, [])
        beside = [path for path in found if path.parent == label_path.parent]
        candidates = beside or found
        if len(candidates) != 1:
            raise ValueError(f"there must be one picture {name!r}. Received: {len(candidates)}")
        return candidates[0]

    def _is_seen(self, path: Path) -> bool:
        parts = path.relative_to(self.folder).parts
        return path.is_file() and not any(part.startswith(".") for part in parts)

    def find_split(self, path: Path) -> str:
        """Return the split that the folders above a file name, or its own name does; or nothing."""
        inside = path.relative_to(self.folder).as_posix().lower()
        words = re.split(r"[\W_]+", inside)
        return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), "")
