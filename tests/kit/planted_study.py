"""Study folders with planted effects: complete in shape, true in statistics, nothing trained.

A character is right where a normal variable stays below the quantile of its run's accuracy, so that
every run has exactly the accuracy that was planted, on average. Parts of that variable belong to
the plate (characters of one plate fail together) and to the character (all runs fail on it).
"""

import gzip
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from lpr_core.files import write_bytes_atomic, write_text_atomic
from lpr_core.plates.format import SEVEN
from lpr_core.training.runs import RunFolder

STRENGTHS = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.18, 0.26)
SLOTS = SEVEN.slots
ALPHABET = SEVEN.alphabet
CREATED = "2026-03-01T08:00:00+00:00"
LOOKALIKES = {"8": "B", "B": "8", "0": "D", "D": "0", "1": "I", "I": "1", "5": "S", "S": "5"}
_PLATE_SHARE, _CHARACTER_SHARE = 0.35, 0.3  # of the variance; the rest is the run's own


@dataclass(frozen=True)
class Variant:
    """What is planted in one variant.

    Attributes:
        name: As in the study's record.
        factors: As in the study's record.
        accuracy: Character accuracy on clean validation plates, on average over seeds.
        train_accuracy: The same on training plates.
        knee: Noise strength at which half of the way to chance is lost.
        label: What people read; empty is the name.
    """

    name: str
    factors: dict[str, Any]
    accuracy: float
    train_accuracy: float = 0.99
    knee: float = 0.12
    label: str = ""


def hypotheses_variants(**accuracies: float) -> list[Variant]:
    """The 3 x 2 of transfer and noise; accuracies by name, `_` for `+` and `-`."""
    rows = [
        ("none", "none", 0.0, 0.92, 0.995, "From scratch"),
        ("none+noise", "none", 0.1, 0.90, 0.97, "From scratch, with noise"),
        ("frozen", "frozen", 0.0, 0.45, 0.95, "Frozen"),
        ("frozen+noise", "frozen", 0.1, 0.40, 0.85, "Frozen, with noise"),
        ("fine-tuned", "fine-tuned", 0.0, 0.95, 0.999, "Fine-tuned"),
        ("fine-tuned+noise", "fine-tuned", 0.1, 0.94, 0.99, "Fine-tuned, with noise"),
    ]
    return [
        Variant(
            name=name,
            factors={"transfer": transfer, "noise": noise},
            accuracy=accuracies.get(name.replace("+", "_").replace("-", "_"), accuracy),
            train_accuracy=train,
            knee=0.2 if noise else 0.09,
            label=label,
        )
        for name, transfer, noise, accuracy, train, label in rows
    ]


def noise_variants() -> list[Variant]:
    """Trained with each strength of the grid; a little noise costs nothing, much costs a lot."""
    return [
        Variant(
            name=f"noise-{strength:.2f}",
            factors={"transfer": "fine-tuned", "noise": strength},
            accuracy=0.95 - 1.5 * strength**1.5,
            knee=0.08 + 0.8 * strength,
            label=f"Trained with noise {strength:.2f}",
        )
        for strength in STRENGTHS
    ]


def freeze_variants() -> list[Variant]:
    """Three backbones, five shares of them frozen."""
    tops = {"xception": 0.9, "efficientnet_b0": 0.93, "efficientnet_lite0": 0.94}
    return [
        Variant(
            name=f"{backbone}-{round(100 * share):03d}",
            factors={
                "backbone": backbone,
                "freeze": share,
                "transfer": "fine-tuned",
                "noise": 0.0,
            },
            accuracy=top - 0.5 * share**2,
            label=f"{backbone}, {100 * share:.0f} % frozen",
        )
        for backbone, top in tops.items()
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def share_variants() -> list[Variant]:
    """With and without transfer on a growing share of the training plates."""
    return [
        Variant(
            name=f"{transfer}-{round(100 * share):03d}",
            factors={"transfer": transfer, "noise": 0.0, "share": share},
            accuracy=top - 0.3 * (1 - share) ** 3,
            label=f"{label}, {100 * share:.0f} % of the plates",
        )
        for share in (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
        for transfer, top, label in _TWO_WAYS
    ]


def fold_variants() -> list[Variant]:
    """Five folds, with and without transfer."""
    return [
        Variant(
            name=f"{transfer}-fold-{fold}",
            factors={"transfer": transfer, "noise": 0.0, "fold": fold},
            accuracy=top,
            label=f"{label}, fold {fold} of 5",
        )
        for fold in range(1, 6)
        for transfer, top, label in _TWO_WAYS
    ]


def remedy_variants() -> list[Variant]:
    """The frozen, noisy network and one remedy at a time."""
    rows = [
        ("frozen", "Frozen, pooled, noisy", "frozen", 0.1, "pooled", 0.4),
        ("unfreeze", "Unfrozen", "fine-tuned", 0.1, "pooled", 0.8),
        ("keep-position", "Position kept", "frozen", 0.1, "positional", 0.6),
        ("milder-noise", "Milder noise", "frozen", 0.03, "pooled", 0.43),
        ("all", "All three", "fine-tuned", 0.03, "positional", 0.95),
    ]
    return [
        Variant(name, {"transfer": way, "noise": noise, "head": head}, accuracy, label=label)
        for name, label, way, noise, head, accuracy in rows
    ]


_TWO_WAYS = (("none", 0.9, "From scratch"), ("fine-tuned", 0.95, "Fine-tuned"))

DESIGNS = {
    "hypotheses": hypotheses_variants,
    "noise": noise_variants,
    "freeze-depth": freeze_variants,
    "learning-curve": share_variants,
    "cross-validation": fold_variants,
    "remedies": remedy_variants,
}
QUESTIONS = {
    "hypotheses": "Do transfer learning and augmentation help to read plates?",
    "noise": "How much noise is too much?",
    "freeze-depth": "How much of a backbone may be frozen?",
    "learning-curve": "How many plates does it take?",
    "cross-validation": "How much does the split decide?",
    "remedies": "Which remedy helps the frozen network?",
}


@dataclass
class Outcome:
    """Which characters of which plates each run reads.

    Attributes:
        truth: `P` texts of seven characters.
        correct: `(P, 7)` bool by variant and seed.
    """

    truth: list[str]
    correct: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)


def plant_outcome(
    variants: Iterable[Variant],
    seeds: Iterable[int] = range(8),
    num_plates: int = 120,
    *,
    seed: int = 0,
    shared_spread: float = 0.06,
    own_spread: float = 0.06,
    own_share: float = 0.0,
    strength: float = 0.0,
) -> Outcome:
    """Plant what would be read at one noise strength; a pure function of its arguments.

    Args:
        variants: What is planted.
        seeds: Training seeds.
        num_plates: Validation plates.
        seed: Of the plates and of all else that is drawn.
        shared_spread: Standard deviation over seeds that all variants share, in probits.
        own_spread: The same for each variant on its own.
        own_share: Share of the variance by which characters suit one variant more than another, the
            same for all its seeds.
        strength: Noise on the validation plates.
    """
    rng = np.random.default_rng(seed)
    truth = ["".join(row) for row in rng.choice(list(ALPHABET), (num_plates, SLOTS))]
    common = _PLATE_SHARE**0.5 * rng.standard_normal((num_plates, 1))
    common = common + _CHARACTER_SHARE**0.5 * rng.standard_normal((num_plates, SLOTS))
    outcome = Outcome(truth)
    for variant_number, variant in enumerate(variants):
        suits = np.random.default_rng([seed, 3, variant_number]).standard_normal(common.shape)
        suited = own_share**0.5 * suits
        for run_seed in seeds:
            shared = np.random.default_rng([seed, 1, run_seed]).standard_normal()
            own_rng = np.random.default_rng([seed, 2, run_seed, variant_number])
            spread = shared_spread * shared + own_spread * own_rng.standard_normal()
            rest = (1 - _PLATE_SHARE - _CHARACTER_SHARE - own_share) ** 0.5
            latent = common + suited + rest * own_rng.standard_normal(common.shape)
            # Divided, so that the average over seeds is the planted accuracy.
            total = (1 + shared_spread**2 + own_spread**2) ** 0.5
            limit = ndtri(respond(variant, strength)) * total + spread
            outcome.correct[variant.name, run_seed] = latent < limit
    return outcome


def respond(variant: Variant, strength: float) -> float:
    """Return the planted accuracy on plates with noise: a smooth fall to chance."""
    chance = 1 / len(ALPHABET)
    steps = (strength - variant.knee) / 0.03
    at_rest = ndtr(variant.knee / 0.03)
    return chance + (variant.accuracy - chance) * float(ndtr(-steps) / at_rest)


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
                    _write_config(run, variant, run_seed)
                    run.write_state("failed", "The loss is not a number any more, in epoch 2.")
                elif key not in missing:
                    by_strength = {s: outcomes[s].correct[key] for s in STRENGTHS}
                    _write_run(run, variant, run_seed, truth, by_strength, epochs)
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


def _write_run(
    run: RunFolder,
    variant: Variant,
    run_seed: int,
    truth: Sequence[str],
    by_strength: Mapping[float, np.ndarray],
    epochs: int,
) -> None:
    rng = np.random.default_rng([run_seed, len(variant.name)])
    clean = by_strength[0.0]
    _write_config(run, variant, run_seed)
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


def _write_config(run: RunFolder, variant: Variant, run_seed: int) -> None:
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
