"""Every reader of a file that a person named refuses a pipe at once, instead of waiting for it."""

import os
from functools import partial
from pathlib import Path

import pytest

from lpr_core.archives import open_archive
from lpr_core.cli import training
from lpr_core.data.duplicates import hash_contents
from lpr_core.data.formats import import_folder
from lpr_core.data.formats.label_studio import read_label_studio
from lpr_core.data.formats.paddle import read_paddle
from lpr_core.data.manifest import read_manifest
from lpr_core.labels.exchange import ExportKind, find_kind, read_labels
from lpr_core.labels.exchange.history import read_history
from lpr_core.labels.upkeep.restore import restore_backup
from lpr_core.pictures.decoding import read_picture
from lpr_core.serving.bundle import read_card


def enter_archive(path: Path) -> None:
    with open_archive(path):
        pass


def hash_one(path: Path) -> None:
    import pandas as pd

    hash_contents(pd.DataFrame({"image_path": [str(path)]}))


READERS = {
    "a picture": ("a.jpg", read_picture),
    "a manifest": ("a.csv", lambda path: read_manifest(path, None)),
    "a kind of labels": ("a.csv", find_kind),
    "labels": ("a.csv", lambda path: read_labels(path, ExportKind.MANIFEST)),
    "a history": ("a.jsonl", read_history),
    "Label Studio": ("a.json", lambda path: list(read_label_studio(path))),
    "rec_gt": ("rec_gt.txt", lambda path: list(read_paddle(path))),
    "an archive": ("a.zip", enter_archive),
    "a backup": ("a.zip", lambda path: restore_backup(path, "sqlite://", path.parent)),
    "a bundle": ("reader.json", lambda path: read_card(path.parent)),
    "settings": ("a.json", training._read_settings),
    "a hash": ("a.jpg", hash_one),
    **{
        f"the layout {layout}": (name, partial(import_folder, layout))
        for layout, name in (
            ("label-studio", "a.json"),
            ("pascal-voc", "a.xml"),
            ("openalpr", "a.txt"),
            ("paddle", "rec_gt.txt"),
            ("ufpr", "a.txt"),
            ("fast-plate-ocr", "a.csv"),
        )
    },
}


@pytest.mark.parametrize("what", READERS)
def test_a_pipe_is_refused_at_once(tmp_path, what):
    name, read = READERS[what]
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=r"is not a file|but a folder or a device"):
        read(tmp_path / name)
