"""What comes with the workbench to try it: sample plates, a diary of experiments."""

from dataclasses import dataclass
from pathlib import Path

from lpr_core.data.manifest import read_manifest
from lpr_core.places import SHIPPED_DIR


@dataclass(frozen=True)
class ShippedPlate:
    """One shipped plate picture and what it says."""

    path: Path
    text: str
    region: str

    @property
    def name(self) -> str:
        """The file's name without its ending: short and stable."""
        return self.path.stem


def list_samples(folder: Path | None = None) -> list[ShippedPlate]:
    """Return the samples of a folder, by default `data/samples`; none when it has no manifest."""
    manifest_path = (folder or SHIPPED_DIR / "samples") / "manifest.csv"
    if not manifest_path.is_file():
        return []
    rows = read_manifest(manifest_path, None)
    columns = (rows["image_path"], rows["plate_text"], rows["plate_region"])
    return [
        ShippedPlate(Path(path), text, region) for path, text, region in zip(*columns, strict=True)
    ]


def shipped_diary() -> str:
    """Return the text of the shipped experiment diary; nothing when it is not there."""
    path = SHIPPED_DIR / "diaries" / "forty-pictures.csv"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
