"""A reader beside RapidOCR's recogniser: the same crops, the same run."""

import unicodedata
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from lpr_core.data.manifest import read_manifest
from lpr_core.serving.evaluation import (
    fold_text,
    iterate_crops,
    name_data,
    read_plates,
    select_split,
)
from lpr_core.serving.reader import Picture, Reader
from lpr_core.statistics import wilson_interval

DEFAULT_MANIFEST = Path("../shared/datasets/real-plates/manifest.csv")
DEFAULT_SPLIT = "validation"


def compare_accuracy(manifest: Path, split: str | None, model_dir: Path | None = None) -> dict:
    """Return the share of plates that each reads whole.

    RapidOCR is not told the plate formats; to be fair it is scored twice: `exact`, and `contained`,
    which forgives it anything it reads around the plate's text, such as a country's code.
    """
    reader = Reader.load(model_dir)
    frame = select_split(read_manifest(manifest, reader.plate_format), split)
    truth = [fold_text(text, reader.plate_format) for text in frame["plate_text"]]
    readings = read_plates(reader, frame)
    rival = [fold_leniently(text) for text in _read_with_rapidocr(iterate_crops(frame))]
    pairs = list(zip(rival, truth, strict=True))
    right = {
        "reader": [
            fold_text(reading.text, reader.plate_format) == text
            for reading, text in zip(readings, truth, strict=True)
        ],
        "rapidocr_exact": [text == plate for text, plate in pairs],
        "rapidocr_contained": [plate in text for text, plate in pairs],
    }
    return {
        "data": name_data(manifest, split),
        "count": len(truth),
        "reader_version": reader.version,
        "rapidocr_version": version("rapidocr"),
        "plate_accuracy": {name: _score(values) for name, values in right.items()},
        "reader_against_rapidocr_exact": compare_pairs(right["reader"], right["rapidocr_exact"]),
    }


def compare_pairs(ours: Sequence[bool], theirs: Sequence[bool]) -> dict:
    """Return McNemar's exact test: of the plates that only one reads, how many are ours?"""
    only_ours = int((np.array(ours) & ~np.array(theirs)).sum())
    only_theirs = int((np.array(theirs) & ~np.array(ours)).sum())
    num_split = only_ours + only_theirs
    p_value = float(binomtest(only_ours, num_split).pvalue) if num_split else 1.0
    return {"only_reader": only_ours, "only_rapidocr": only_theirs, "p_value": p_value}


def fold_leniently(text: str) -> str:
    """Keep ASCII letters and digits, upper case, the letter O as the digit 0."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c.isascii() and c.isalnum()).replace("O", "0")


def describe_accuracy(result: dict) -> str:
    """Return the result for people."""
    names = {
        "reader": result["reader_version"],
        "rapidocr_exact": f"RapidOCR {result['rapidocr_version']}",
        "rapidocr_contained": "the same, plate contained in its text",
    }
    lines = [f"Plates read whole, {result['count']} crops of {result['data']}:"]
    for key, name in names.items():
        share, (low, high) = result["plate_accuracy"][key].values()
        lines.append(f"  {name:40}{share:.3f} [{low:.3f}, {high:.3f}]")
    pairs = result["reader_against_rapidocr_exact"]
    lines.append(
        f"  read by the reader only {pairs['only_reader']}, by RapidOCR only "
        f"{pairs['only_rapidocr']}, McNemar's exact p = {pairs['p_value']:.2g}"
    )
    return "\n".join(lines)


def _score(right: Sequence[bool]) -> dict:
    return {"share": float(np.mean(right)), "interval": wilson_interval(sum(right), len(right))}


def _read_with_rapidocr(chunks: Iterable[Sequence[Picture]]) -> list[str]:
    from rapidocr import RapidOCR

    # A threshold of 0: an unsure text counts as read, as ours do.
    engine = RapidOCR(params={"Global.log_level": "critical", "Global.text_score": 0.0})

    def read(picture: Picture) -> str:
        found = engine(picture[..., ::-1], use_det=False, use_cls=False, use_rec=True)
        return "".join(found.txts or ())

    return [read(picture) for chunk in chunks for picture in chunk]


if __name__ == "__main__":
    print(describe_accuracy(compare_accuracy(DEFAULT_MANIFEST, DEFAULT_SPLIT)))
