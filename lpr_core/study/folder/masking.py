"""Mask a study's plate texts, so that its results can be shown and its plates cannot be told."""

import secrets
import shutil
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lpr_core.saved import DamagedFileError
from lpr_core.study.folder.results import StudyFolder
from lpr_core.training.runs import RunFolder

_CLASSES = (string.ascii_uppercase, string.digits)
_KEPT_FILES = ("config.json", "state.json", "history.csv", "metrics.json")


def mask_study(folder: StudyFolder, target: Path, key: int | None = None) -> StudyFolder:
    """Write a study's results again under other plate texts.

    For each plate, letters are exchanged for letters and digits for digits, by an exchange drawn
    for this plate alone and kept nowhere; all runs' readings of the plate follow it. So each
    reading is right or wrong where it was, runs agree where they agreed, and every accuracy,
    interval, test and verdict stays what it is. Which symbol is taken for which is lost, and so are
    file names, pictures, answers and a diagnosis; answers can be made anew.

    Args:
        folder: The study; finished runs are taken, others are left out.
        target: A new folder.
        key: Start of the exchanges, for tests; without it nobody can draw them again.

    Raises:
        FileExistsError: The target exists.
        FileNotFoundError: The folder holds no study.
        ValueError: The study is damaged or masked already.
    """
    record = folder.read_study()
    if record.data.masked:
        raise ValueError(f"{folder.path} is masked already.")
    if target.exists():
        raise FileExistsError(f"{target} exists; name a new folder by --out.")
    runs = folder.runs()
    if len(damaged := runs[runs["state"] == "damaged"]):
        raise DamagedFileError(str(damaged.iloc[0]["reason"]))
    plates = folder.plates()
    codes = _draw_codes(len(plates), secrets.randbits(128) if key is None else key)
    masked = StudyFolder(target.with_name(f".draft-{target.name}"))
    shutil.rmtree(masked.path, ignore_errors=True)
    masked.path.mkdir(parents=True)
    rows = plates["plate"]
    truth = _mask(plates["truth"], rows, codes)
    masked.write_plates(plates.assign(image_path=_name_plates(rows), truth=truth))
    description = f"{record.data.description}, texts masked"
    data = record.data.model_copy(update={"description": description, "masked": True})
    record.model_copy(update={"name": target.name, "data": data}).write(masked.path)
    for variant in record.variants:
        for seed in record.seeds:
            if folder.is_done(variant.name, seed):
                _mask_run(folder, masked, variant.name, seed, codes)
    masked.path.replace(target)
    return StudyFolder(target)


def _mask_run(
    folder: StudyFolder,
    masked: StudyFolder,
    variant: str,
    seed: int,
    codes: Sequence[dict[int, int]],
) -> None:
    source, target = folder.run(variant, seed), masked.run(variant, seed)
    target.path.mkdir(parents=True)
    _copy_files(source, target)
    clean = folder.predictions(variant, seed)
    rows = clean["plate"]
    target.write_predictions(
        clean.assign(
            image_path=_name_plates(rows),
            truth=_mask(clean["truth"], rows, codes),
            text=_mask(clean["text"], rows, codes),
        )
    )
    noisy = folder.noisy_predictions(variant, seed)
    text = _mask(noisy["text"], noisy["plate"], codes)
    masked.write_noisy_predictions(variant, seed, noisy.assign(text=text))


def _copy_files(source: RunFolder, target: RunFolder) -> None:
    for name in _KEPT_FILES:
        (target.path / name).write_bytes((source.path / name).read_bytes())


def _name_plates(rows: pd.Series) -> list[str]:
    return [f"plate-{row:05d}" for row in rows]


def _draw_codes(count: int, key: int) -> list[dict[int, int]]:
    """Return for each plate which symbol stands for which, as `str.translate` takes it."""
    rng = np.random.default_rng(key)
    codes = []
    for _ in range(count):
        code: dict[int, int] = {}
        for symbols in _CLASSES:
            code |= str.maketrans(symbols, "".join(rng.permutation(list(symbols))))
        codes.append(code)
    return codes


def _mask(texts: pd.Series, rows: pd.Series, codes: Sequence[dict[int, int]]) -> list[str]:
    return [text.translate(codes[row]) for text, row in zip(texts, rows, strict=True)]
