"""The files that labels travel in."""

from enum import StrEnum


class ExportKind(StrEnum):
    """What can be handed out, named as its file.

    `PLATES` is the manifest with its pictures, in a ZIP archive.
    """

    MANIFEST = "manifest.csv"
    PLATES = "plates.zip"
    PADDLE = "rec_gt.txt"
    LABEL_STUDIO = "label-studio.json"
    HISTORY = "history.jsonl"

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = ", ".join(cls)
        raise ValueError(f"`kind` must be one of {known}. Received: {value!r:.80}")
