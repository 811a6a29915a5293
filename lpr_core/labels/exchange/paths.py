"""What the formats share: where a plate's picture lies, and which region it has."""

from lpr_core.labels.tables.rows import PlateRecord, StoredPicture


def image_path_of(picture: StoredPicture) -> str:
    """Return a picture's path, relative to the store's data folder and inside our archives."""
    return f"pictures/{picture.file_name}"


def region_of(record: PlateRecord) -> str:
    """Return a plate's region: what a person said when it came, else its pattern's; or nothing.

    A correction of another shape than the pattern's (a digit where it has a letter) loses it.
    """
    if record.picture.region:
        return record.picture.region
    reading = record.reading
    if reading is None or reading.region is None or _shape(record.read_text) != _shape(record.text):
        return ""
    return reading.region


def _shape(text: str) -> str:
    """Write each letter as L and each digit as N, as patterns do."""
    return "".join("N" if symbol.isdigit() else "L" for symbol in text)
