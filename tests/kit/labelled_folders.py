"""Folders of pictures with labels in some layout, and what an import finds in them."""

from pathlib import Path

import pytest
from PIL import Image

from lpr_core.data.formats import import_folder
from lpr_core.data.samples import ManifestError

COLUMNS = ["image_path", "plate_text", "plate_region", "split", "x", "y", "width", "height"]

CCPD = "025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-0_0_22_27_27_33_16-37-15.jpg"


def put_picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (200, 100)).save(path)
    return path


def put_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(layout: str, source: Path, folder: Path | None = None) -> list[tuple]:
    """The rows as tuples, paths relative to the folder."""
    frame = import_folder(layout, source)
    assert list(frame) in (COLUMNS, COLUMNS[:4])
    paths = [Path(path).relative_to(folder or source).as_posix() for path in frame["image_path"]]
    return list(frame.assign(image_path=paths).itertuples(index=False, name=None))


def problems_of(layout: str, source: Path) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        import_folder(layout, source)
    assert str(caught.value).startswith(f"{source} has {len(caught.value.problems)} bad {layout}")
    return list(caught.value.problems)
