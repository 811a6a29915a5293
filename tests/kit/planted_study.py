"""Study folders with planted effects: complete in shape, true in statistics, nothing trained."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pandas as pd

from lpr_core.files import write_text_atomic
from lpr_core.training.runs import RunFolder
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_runs import CREATED, write_config, write_run
from tests.kit.planted_variants import DESIGNS, QUESTIONS, SLOTS, STRENGTHS, Variant


def plant_study(
    folder: Path,
    *,
    design: str = "hypotheses",
    variants: Sequence[Variant] | None = None,
    seeds: Iterable[int] = range(8),
    num_plates: int = 60,
    seed: int = 0,
    epochs: int = 5,
    missing: Collection[tuple[str, int]] = (),
    failed: Collection[tuple[str, int]] = (),
    baseline: float = 0.07,
    usable: float = 0.9,
    diagnosis: bool = True,
    pictures: bool = True,
    **planting: float,
) -> Path:
    """Write a study folder and return it.

    Args:
        folder: Where; its name is the study's.
        design: One of `DESIGNS`, whose variants are the default.
        variants: What is planted.
        seeds: Training seeds.
        num_plates: Validation plates.
        seed: Of everything that is drawn.
        epochs: Rows of each history.
        missing: Runs that were never begun.
        failed: Runs that ended with an error.
        baseline: Character accuracy of the most frequent symbols.
        usable: Character accuracy from which on a reader is of use.
        diagnosis: Write `diagnosis.json`.
        pictures: Write small JPEGs of the plates.
        planting: `shared_spread`, `own_spread` of `plant_outcome`.
    """
    variants = list(variants if variants is not None else DESIGNS[design]())
    seeds = list(seeds)
    outcomes = {
        strength: plant_outcome(
            variants, seeds, num_plates, seed=seed, strength=strength, **planting
        )
        for strength in STRENGTHS
    }
    truth = outcomes[0.0].truth
    with mock.patch("os.fsync"):  # hundreds of small files that no power cut need spare
        record = _record(folder.name, design, variants, seeds, num_plates, baseline, usable)
        _write_json(folder / "study.json", record)
        _write_plates(folder, truth, pictures)
        for variant in variants:
            for run_seed in seeds:
                key = (variant.name, run_seed)
                run = RunFolder(folder / "runs" / variant.name / f"seed-{run_seed}")
                if key in failed:
                    write_config(run, variant, run_seed)
                    run.write_state("failed", "The loss is not a number any more, in epoch 2.")
                elif key not in missing:
                    by_strength = {s: outcomes[s].correct[key] for s in STRENGTHS}
                    write_run(run, variant, run_seed, truth, by_strength, epochs)
        if diagnosis:
            _write_json(folder / "diagnosis.json", plant_diagnosis())
    return folder


def _record(
    name: str,
    design: str,
    variants: Sequence[Variant],
    seeds: Sequence[int],
    num_plates: int,
    baseline: float,
    usable: float,
) -> dict[str, Any]:
    return {
        "schema": 1,
        "name": name,
        "design": design,
        "task": "reading",
        "preset": "laptop",
        "question": QUESTIONS[design],
        "metric": "character_accuracy",
        "variants": [
            {"name": v.name, "label": v.label or v.name, "factors": v.factors} for v in variants
        ],
        "seeds": list(seeds),
        "created": CREATED,
        "code": {"version": "0.1.0", "commit": None},
        "backend": "tensorflow",
        "device": {"accelerators": ["cpu:0"], "processor": "x86_64", "cores": 2},
        "data": {
            "description": "planted plates",
            "kind": "drawn",
            "train_rows": 600,
            "validation_rows": num_plates,
            "fingerprint": "0" * 64,
            "baseline": {"character_accuracy": baseline, "symbols": "A" * SLOTS},
            "masked": False,
        },
        "base_config": {"manifest": "manifest.csv", "epochs": 5, "batch_size": 16},
        "usable_character_accuracy": usable,
    }


def _write_plates(folder: Path, truth: Sequence[str], pictures: bool) -> None:
    rows = [(n, f"{n:06}.jpg", text, "br" if n % 2 else "gb") for n, text in enumerate(truth)]
    table = pd.DataFrame(rows, columns=["plate", "image_path", "truth", "plate_region"])
    write_text_atomic(folder / "plates.csv", table.to_csv(index=False))
    if pictures:
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(truth):
            cv2.imwrite(str(folder / "pictures" / f"{number}.jpg"), _draw(text))


def _draw(text: str) -> np.ndarray:
    picture = np.full((48, 144, 3), 225, np.uint8)
    cv2.putText(picture, text, (6, 33), cv2.FONT_HERSHEY_SIMPLEX, 0.95, (60, 20, 20), 2)
    return picture


def plant_diagnosis() -> dict[str, Any]:
    """Return findings of each verdict, ranked, as `diagnosis.json` holds them."""
    rows = [
        ("position", "Is position lost?", "guilty", 0.9, "A probe reads 0.31 with position."),
        ("memory", "Does the head just memorise?", "partly", 0.5, "Shuffled labels reach 0.42."),
        ("scale", "Is the input scale wrong?", "cleared", 0.0, "Values lie in 0 to 255."),
        ("drift", "Do features drift?", "not measured", 0.0, "No weights were kept."),
    ]
    return {
        "schema": 1,
        "suspects": [
            {
                "name": name,
                "question": question,
                "measured": sentence,
                "guilty_if": "The number is far from the control's.",
                "verdict": verdict,
                "strength": strength,
                "sentence": sentence,
            }
            for name, question, verdict, strength, sentence in rows
        ],
        "measurements": {},
    }


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text_atomic(path, json.dumps(value, indent=2))
