"""The files of one run with a planted outcome; nothing is trained."""

import gzip
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lpr_core.files import write_bytes_atomic
from lpr_core.training.runs import RunFolder
from tests.kit.planted_variants import ALPHABET, SLOTS, Variant

CREATED = "2026-03-01T08:00:00+00:00"

LOOKALIKES = {"8": "B", "B": "8", "0": "D", "D": "0", "1": "I", "I": "1", "5": "S", "S": "5"}


def write_run(
    run: RunFolder,
    variant: Variant,
    run_seed: int,
    truth: Sequence[str],
    by_strength: Mapping[float, np.ndarray],
    epochs: int,
) -> None:
    rng = np.random.default_rng([run_seed, len(variant.name)])
    clean = by_strength[0.0]
    write_config(run, variant, run_seed)
    run.write_history(_plant_history(variant, float(clean.mean()), epochs))
    texts = [_misread(text, row, rng) for text, row in zip(truth, clean, strict=True)]
    confidences = np.where(clean, 0.97, 0.6)
    run.write_predictions(
        pd.DataFrame(
            {
                "image_path": [f"{number:06}.jpg" for number in range(len(truth))],
                "plate_region": ["br" if number % 2 else "gb" for number in range(len(truth))],
                "truth": truth,
                "text": texts,
                "confidence": confidences.prod(axis=1).round(6),
                "slot_confidences": [" ".join(f"{c:.4f}" for c in row) for row in confidences],
            }
        )
    )
    _write_noisy(run, truth, texts, by_strength, rng)
    run.write_metrics(
        {
            "count": len(truth),
            "plate_accuracy": float(clean.all(axis=1).mean()),
            "character_accuracy": float(clean.mean()),
            "epochs": epochs,
            "best_epoch": epochs,
            "kept": "last",
            "num_parameters": 100_000,
            "num_trainable": 40_000 if "frozen" in variant.name else 100_000,
            "train_seconds": 10.0 * epochs,
            "validation_plates_per_second": 200.0,
            "train": {
                "character_accuracy": variant.train_accuracy,
                "plate_accuracy": variant.train_accuracy**SLOTS,
                "count": 600,
            },
        }
    )
    run.write_state("finished")


def _write_noisy(
    run: RunFolder,
    truth: Sequence[str],
    clean_texts: Sequence[str],
    by_strength: Mapping[float, np.ndarray],
    rng: np.random.Generator,
) -> None:
    tables = []
    for strength, correct in by_strength.items():
        texts = clean_texts
        if strength:
            texts = [_misread(text, row, rng) for text, row in zip(truth, correct, strict=True)]
        confidence = np.where(correct, 0.97, 0.6).prod(axis=1).round(6)
        tables.append(
            pd.DataFrame(
                {
                    "strength": strength,
                    "plate": range(len(truth)),
                    "text": texts,
                    "confidence": confidence,
                }
            )
        )
    content = pd.concat(tables).to_csv(index=False).encode()
    path = run.path / "noisy_predictions.csv.gz"
    write_bytes_atomic(path, gzip.compress(content, mtime=0))


def _misread(text: str, correct: np.ndarray, rng: np.random.Generator) -> str:
    """Replace what was not read: by its lookalike mostly, else by any other symbol."""
    symbols = list(text)
    for slot in np.flatnonzero(~correct):
        right = symbols[slot]
        others = ALPHABET.replace(right, "")
        by_chance = others[int(rng.integers(len(others)))]
        symbols[slot] = LOOKALIKES.get(right, by_chance) if rng.random() < 0.8 else by_chance
    return "".join(symbols)


def write_config(run: RunFolder, variant: Variant, run_seed: int) -> None:
    run.write_config(
        {
            "config": {
                "manifest": "manifest.csv",
                "seed": run_seed,
                "epochs": 5,
                "noise_strength": variant.factors.get("noise", 0.0),
                "network": {
                    "backbone": variant.factors.get("backbone", "compact"),
                    "head": "pooled",
                    "weights": "imagenet" if "frozen" in variant.name else "none",
                },
            },
            "backend": "tensorflow",
            "created": CREATED,
        }
    )


def _plant_history(variant: Variant, accuracy: float, epochs: int) -> list[dict[str, float]]:
    rows = []
    for epoch in range(1, epochs + 1):
        grown = 1 - 0.3**epoch
        rows.append(
            {
                "epoch": epoch,
                "loss": 3.5 * (1 - grown * variant.train_accuracy),
                "character_accuracy": grown * variant.train_accuracy,
                "plate_accuracy": (grown * variant.train_accuracy) ** SLOTS,
                "val_loss": 3.5 * (1 - grown * accuracy),
                "val_character_accuracy": accuracy if epoch == epochs else grown * accuracy,
                "val_plate_accuracy": (grown * accuracy) ** SLOTS,
                "learning_rate": 1e-4,
                "seconds": 10.0,
            }
        )
    return rows
