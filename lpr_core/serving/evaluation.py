"""Measure a reader on labelled plates, and calibrate it on them."""

import json
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.samples import read_crop
from lpr_core.plates.format import PlateFormat, encode_plates, normalize_plate
from lpr_core.plates.grammar import regions
from lpr_core.plates.metrics import TextScores, expected_calibration_error, score_texts
from lpr_core.serving.bundle import ReaderCard, read_card, write_card
from lpr_core.serving.calibration import fit_calibration
from lpr_core.serving.floor import Floor, fit_floor
from lpr_core.serving.misreadings import KindCount, count_confused, count_kinds
from lpr_core.serving.reader import BATCH_SIZE, Picture, PlateReading, Reader
from lpr_core.statistics import wilson_interval

SURE_FROM = 0.9
"""A confidence that people act on."""
_NUM_MISREAD = 10
_UNKNOWN_SYMBOL = "?"


class ReadingScores(TextScores):
    """`TextScores`, the calibration error of the plate confidence, and what was told surely.

    `sure_share` is the share of plates read with a confidence of `SURE_FROM` or more, and
    `wrong_when_sure` the share of wrong ones among these, with its Wilson interval at 95 %; both
    are null where there is none.
    """

    expected_calibration_error: float
    sure_share: float
    wrong_when_sure: float | None
    wrong_when_sure_interval: list[float] | None


class EvaluationReport(ReadingScores):
    """Scores of all plates, of each region's, and by length and rows, ready for JSON.

    Labels with a `?` are left out (`left_out`). Those that the reader cannot say, for their length
    or symbols, count as misread (`not_fitting`).

    `region_known` tells whether the reader was told each plate's region; `seconds` is what
    decoding the pictures and reading the plates took. `misread` has the most frequent confusions,
    such as `["8", "B", 4]`: an 8 was read as a B four times; `confused` counts those only where one
    symbol was the whole mistake. `misread_kinds` says in which ways plates were misread and how
    many of these were told surely or held back, see `misreadings`.
    """

    reader_version: str
    region_known: bool
    seconds: float
    misread: list[list[str | int]]
    confused: list[list[str | int]]
    misread_kinds: dict[str, KindCount]
    left_out: int
    not_fitting: int
    by_region: dict[str, ReadingScores]
    by_length: dict[str, ReadingScores]
    by_rows: dict[str, ReadingScores]


def evaluate_reader(
    reader: Reader, frame: pd.DataFrame, *, region_known: bool = False
) -> EvaluationReport:
    """Read every plate of a manifest and score the texts; O and 0 count as one symbol.

    Args:
        reader: Reads the plates.
        frame: Rows as `read_manifest` returns them for any format; see `EvaluationReport`.
        region_known: Tell the reader each plate's region, or the family of a region without
            patterns of its own; a region without either is not told.

    Raises:
        ValueError: There is no row, or none whose label is known whole.
        PictureError: A picture cannot be read.
    """
    num_rows, frame = len(frame), _drop_unknown(frame)
    started = time.perf_counter()
    readings = read_plates(reader, frame, region_known=region_known)
    seconds = time.perf_counter() - started
    truth = [fold_label(text) for text in frame["plate_text"]]
    plates = pd.DataFrame(
        {
            "truth": truth,
            "text": [fold_text(reading.text, reader.plate_format) for reading in readings],
            "confidence": [reading.confidence for reading in readings],
            "readable": [reading.is_readable for reading in readings],
            "region": _region_column(frame),
            "length": [len(text) for text in truth],
            "rows": frame.get("rows", pd.Series("", frame.index)).replace("", "unknown"),
        }
    )
    return {
        **_score(plates),
        "reader_version": reader.version,
        "region_known": region_known,
        "seconds": seconds,
        "misread": count_misread(plates["truth"], plates["text"]),
        "confused": count_confused(plates["truth"], plates["text"]),
        "misread_kinds": count_kinds(
            plates["truth"], plates["text"], plates["confidence"] >= SURE_FROM, plates["readable"]
        ),
        "left_out": num_rows - len(frame),
        "not_fitting": sum(not _fits(text, reader.plate_format) for text in frame["plate_text"]),
        "by_region": _score_groups(plates, "region"),
        "by_length": _score_groups(plates, "length"),
        "by_rows": _score_groups(plates, "rows"),
    }


def _score_groups(plates: pd.DataFrame, column: str) -> dict[str, ReadingScores]:
    return {str(value): _score(rows) for value, rows in plates.groupby(column)}


def read_plates(
    reader: Reader, frame: pd.DataFrame, *, region_known: bool = False
) -> list[PlateReading]:
    """Return the reading of each row; arguments and errors as in `evaluate_reader`."""
    known = [
        find_known_region(region) if region_known else None for region in _region_column(frame)
    ]
    return [
        reader.decode(probabilities, region)
        for probabilities, region in zip(predict_plates(reader, frame), known, strict=True)
    ]


def predict_plates(reader: Reader, frame: pd.DataFrame) -> NDArray[np.float32]:
    """Return the model's own probabilities for each row, `(N, S, V)`; errors as above."""
    if frame.empty:
        raise ValueError(
            "There must be at least one plate to read; the manifest or split is empty."
        )
    return np.concatenate([reader.predict_batch(crops) for crops in iterate_crops(frame)])


def iterate_crops(frame: pd.DataFrame) -> Iterator[Sequence[Picture]]:
    """Yield the plates of a manifest in chunks, so that memory does not grow with it."""
    for start in range(0, len(frame), BATCH_SIZE):
        yield [read_crop(row) for _, row in frame.iloc[start : start + BATCH_SIZE].iterrows()]


def select_split(frame: pd.DataFrame, split: str | None) -> pd.DataFrame:
    """Return the rows of one split, or all rows for None.

    Raises:
        ValueError: The manifest has no such split; the message lists its splits.
    """
    if split is None:
        return frame
    known = sorted(set(frame["split"]) - {""})
    if split not in known:
        raise ValueError(f"`split` must be one of {', '.join(known) or 'none'}. Received: {split}.")
    return frame[frame["split"] == split].reset_index(drop=True)


def record_accuracy(bundle_dir: Path, data_name: str, report: EvaluationReport) -> None:
    """Keep a report in the reader's card, under the name of the data it was measured on."""
    card = read_card(bundle_dir)
    accuracy = {**card.accuracy, data_name: json.loads(json.dumps(report))}
    write_card(bundle_dir, card.model_copy(update={"accuracy": accuracy}))


def name_data(manifest: Path, split: str | None) -> str:
    """Return how cards name labelled plates: the manifest's folder and the split."""
    folder = manifest.resolve().parent.name
    return f"{folder}/{split}" if split else folder


def calibrate_bundle(bundle_dir: Path, frame: pd.DataFrame, data_name: str) -> ReaderCard:
    """Fit calibration and floor of a bundle on labelled plates that it was not trained on.

    The card keeps both and names the data; it is returned.

    Raises:
        ValueError: There is no row.
        BundleError: The bundle is damaged or foreign.
        PictureError: A picture cannot be read.
        FileNotFoundError: A part of the bundle is missing.
    """
    reader = Reader.load(bundle_dir)
    truth = encode_plates(list(frame["plate_text"]), reader.plate_format)
    calibration = fit_calibration(predict_plates(reader, frame), truth, reader.plate_format)
    card = read_card(bundle_dir)
    provenance = {**card.provenance, "calibrated_on": data_name}
    update = {"calibration": calibration, "provenance": provenance}
    write_card(bundle_dir, card.model_copy(update=update))
    return set_floor(bundle_dir, frame, data_name)


def set_floor(bundle_dir: Path, frame: pd.DataFrame, data_name: str) -> ReaderCard:
    """Measure a bundle's floor on labelled plates that it was not trained on, and keep it.

    The plates are read without knowing their region. Arguments and errors as `calibrate_bundle`.
    """
    floor = measure_floor(Reader.load(bundle_dir), frame, data_name)
    card = read_card(bundle_dir).model_copy(update={"floor": floor})
    write_card(bundle_dir, card)
    return card


def measure_floor(reader: Reader, frame: pd.DataFrame, data_name: str) -> Floor:
    """Return the floor of a reader on labelled plates; O and 0 count as one symbol."""
    frame = _drop_unknown(frame)
    readings = read_plates(reader, frame)
    truth = [fold_label(text) for text in frame["plate_text"]]
    read = [fold_text(reading.text, reader.plate_format) for reading in readings]
    confidences = np.array([reading.confidence for reading in readings])
    return fit_floor(confidences, np.array(read) == np.array(truth), data_name)


def fold_text(text: str, plate_format: PlateFormat) -> str:
    """Return a text as scores compare it: normalised, the letter O as the digit 0."""
    return normalize_plate(text, plate_format).replace("O", "0") if text else ""


def fold_label(text: str) -> str:
    """Return any label as scores compare it, also one that a reader's format has no symbols for."""
    symbols = unicodedata.normalize("NFKC", text).upper()
    return "".join(symbol for symbol in symbols if symbol.isalnum()).replace("O", "0")


def keep_fitting(frame: pd.DataFrame, plate_format: PlateFormat) -> pd.DataFrame:
    """Return the rows whose labels a format has slots and symbols for, to fit something on them.

    Raises:
        ValueError: No label fits.
    """
    rows = frame[[_fits(text, plate_format) for text in frame["plate_text"]]]
    if rows.empty:
        raise ValueError(
            f"there must be labels of the format {plate_format.name!r}. Received: {len(frame)} "
            "others"
        )
    return rows.reset_index(drop=True)


def _drop_unknown(frame: pd.DataFrame) -> pd.DataFrame:
    known = ~frame["plate_text"].str.contains(_UNKNOWN_SYMBOL, regex=False)
    return frame[known].reset_index(drop=True)


def _fits(text: str, plate_format: PlateFormat) -> bool:
    try:
        return bool(normalize_plate(text, plate_format))
    except ValueError:
        return False


def find_known_region(region: str) -> str | None:
    """Return the region if the grammar knows it, else its family (`us` for `us-nd`), else None."""
    family = region.partition("-")[0]
    return next((code for code in (region, family) if code in regions()), None)


def count_misread(truth: Iterable[str], read: Iterable[str]) -> list[list[str | int]]:
    """Return the ten most frequent (right symbol, read symbol, count) of texts, place by place."""
    pairs = (pair for texts in zip(truth, read, strict=True) for pair in zip(*texts, strict=False))
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    return [[right, wrong, count] for (right, wrong), count in counts.most_common(_NUM_MISREAD)]


def _score(plates: pd.DataFrame) -> ReadingScores:
    truth, text = list(plates["truth"]), list(plates["text"])
    right = (plates["truth"] == plates["text"]).to_numpy()
    error = expected_calibration_error(plates["confidence"].to_numpy(), right)
    sure = (plates["confidence"] >= SURE_FROM).to_numpy()
    wrong, count = int((sure & ~right).sum()), int(sure.sum())
    return {
        **score_texts(truth, text),
        "expected_calibration_error": error,
        "sure_share": float(sure.mean()),
        "wrong_when_sure": wrong / count if count else None,
        "wrong_when_sure_interval": list(wilson_interval(wrong, count)) if count else None,
    }


def _region_column(frame: pd.DataFrame) -> list[str]:
    return list(frame["plate_region"].replace("", "unknown"))
