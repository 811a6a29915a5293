"""What lies in a folder, to compare it with another."""

from pathlib import Path


def read_files(folder: Path) -> dict[str, bytes]:
    """The bytes of all files by their paths below the folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
