"""Find the files that a manifest's rows name, though a Mac or a Windows machine wrote the names."""

import os
from collections import defaultdict
from pathlib import Path

from lpr_core.data.formats.pictures import fold_name


class NamedFiles:
    """Files as rows name them, relative to a folder.

    What lies in folders is remembered, so one object should not outlive the reading of one file.

    Args:
        folder: Where the paths begin.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed: dict[Path, dict[str, list[Path]]] = {}

    def find(self, reference: str) -> Path:
        r"""Return the file that a path with `/` or `\\` means.

        Where no name is equal letter by letter, its other Unicode form and case will do, if that
        leaves one file. A file that is not there comes back as it was named.
        """
        plain = self._folder / reference.replace("\\", "/")
        for path in dict.fromkeys((self._folder / reference, plain)):
            if os.path.isfile(path):  # noqa: PTH113, no error of a bad name
                return path
        return self._find_alike(plain) or plain

    def _find_alike(self, path: Path) -> Path | None:
        """Return the one path that differs in Unicode form and case only."""
        found = Path(path.anchor)
        for part in path.parts[1:]:
            alike = self._list(found).get(fold_name(part), [])
            equal = [one for one in alike if one.name == part]
            if len(equal or alike) != 1:
                return None
            found = (equal or alike)[0]
        return found

    def _list(self, folder: Path) -> dict[str, list[Path]]:
        """Return what lies in a folder, by folded names."""
        if folder not in self._listed:
            names = defaultdict(list)
            try:
                for entry in os.scandir(folder):
                    names[fold_name(entry.name)].append(Path(entry.path))
            except OSError:
                pass  # nothing can be seen there, so nothing is alike
            self._listed[folder] = names
        return self._listed[folder]
