"""Folders and archives that people bring, and what an intake says of them."""

import io
import zipfile

from PIL import Image


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zip_folder(folder):
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for found in sorted(folder.rglob("*")):
            archive.write(found, found.relative_to(folder).as_posix())
    return path


def encode(pixels, kind="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def verdicts(report):
    return {row.name: row.verdict.value for row in report.rows}
