"""Make a study of run folders that belong to none, so that single trainings can be compared too.

Runs with the same settings are one variant, their seeds its seeds. Training plates and noisy plates
were not read again after a single training, so what stands for them is the training accuracy of the
last epoch, and noise of strength 0.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lpr_core.saved import DamagedFileError
from lpr_core.study.designs import find_design_of
from lpr_core.study.folder.record import DataRecord, StudyRecord, VariantRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.intake.unpack import StudyRefusedError
from lpr_core.study.intake.variants import tell_apart
from lpr_core.training.runs import RunFolder

_COLUMNS = ["image_path", "truth", "plate_region"]
_ABOUT = (
    "plates of uploaded runs; of single trainings, training accuracy is the last epoch's, with "
    "noise and dropout"
)
# A damaged file, a table or a setting that is not there, a number that is none.
_UNREADABLE = (ValueError, LookupError, TypeError, OSError)


def make_study(folder: Path) -> None:
    """Turn a folder with run folders somewhere below it into a study folder.

    Raises:
        StudyRefusedError: No run is finished, files are damaged, a training is there twice, or the
            runs read different plates.
    """
    runs = [RunFolder(path.parent) for path in sorted(folder.rglob("state.json"))]
    try:
        finished = [run for run in runs if run.state == "finished"]
        if not finished:
            raise StudyRefusedError(f"None of its {len(runs)} runs is finished.")
        _arrange(StudyFolder(folder), finished)
    except StudyRefusedError:
        raise
    except _UNREADABLE as error:
        words = str(error).splitlines()[0] if isinstance(error, ValueError) else repr(error)
        raise StudyRefusedError(f"A run's files cannot be read: {words}") from error


def _arrange(study: StudyFolder, runs: Sequence[RunFolder]) -> None:
    plates = runs[0].read_predictions()[_COLUMNS]
    records = [_read_config(run) for run in runs]
    variants = tell_apart(records)
    seeds = [int(record["config"]["seed"]) for record in records]
    _refuse_repetition(study, runs, [variant.name for variant in variants], seeds)
    for run, variant, seed in zip(runs, variants, seeds, strict=True):
        predictions = run.read_predictions()
        if list(predictions["truth"]) != list(plates["truth"]):
            raise StudyRefusedError("The runs read different validation plates.")
        target = study.run(variant.name, seed)
        target.path.parent.mkdir(parents=True, exist_ok=True)
        run.path.rename(target.path)
        _complete(study, variant.name, seed, predictions)
    study.write_plates(plates.assign(plate=range(len(plates)))[["plate", *_COLUMNS]])
    by_name = {variant.name: variant for variant in variants}
    _write_record(study, list(by_name.values()), sorted(set(seeds)), records[-1], plates)


def _read_config(run: RunFolder) -> dict[str, Any]:
    """Return a run's configuration, in which the settings that tell runs apart are there."""
    record = run.read_config()
    missing = {"network", "seed"} - record.get("config", {}).keys()
    if missing:
        raise DamagedFileError(
            f"config.json of {run.path.name} lacks {', '.join(sorted(missing))} of its `config`."
        )
    return record


def _refuse_repetition(
    study: StudyFolder, runs: Sequence[RunFolder], variants: Sequence[str], seeds: Sequence[int]
) -> None:
    """Refuse a training that is there twice: it would count as if it were two independent ones."""
    known: dict[tuple[str, int], str] = {}
    for run, variant, seed in zip(runs, variants, seeds, strict=True):
        name = run.path.relative_to(study.path).as_posix()
        if (other := known.setdefault((variant, seed), name)) != name:
            raise StudyRefusedError(
                f"{other} and {name} have the same settings and the same seed, {seed}; leave one "
                "of them out."
            )


def _complete(study: StudyFolder, variant: str, seed: int, predictions: pd.DataFrame) -> None:
    """Add what a study expects of a run, from what the run has."""
    run = study.run(variant, seed)
    metrics, history = run.read_metrics(), run.read_history()
    if history.empty:
        raise DamagedFileError(f"history.csv of {run.path.name} holds no epoch.")
    last = history.iloc[-1]
    train = {key: float(last[key]) for key in ("character_accuracy", "plate_accuracy")}
    if all(map(math.isfinite, train.values())):
        run.write_metrics({"train": {**train, "count": 0}, **metrics})
    if not (run.path / "noisy_predictions.csv.gz").is_file():
        clean = predictions[["text", "confidence"]].assign(
            strength=0.0, plate=range(len(predictions))
        )
        study.write_noisy_predictions(
            variant, seed, clean[["strength", "plate", "text", "confidence"]]
        )


def _write_record(
    study: StudyFolder,
    variants: Sequence[VariantRecord],
    seeds: Sequence[int],
    record: Mapping[str, Any],
    plates: pd.DataFrame,
) -> None:
    data = record.get("data", {})
    StudyRecord(
        name=study.path.name,
        design=find_design_of(variants).name,
        preset="own",
        question="Which of these trainings read best?",
        metric="character_accuracy",
        variants=tuple(variants),
        seeds=tuple(seeds),
        created=str(record.get("created", "")),
        code=record.get("code", {}),
        backend=record.get("backend", ""),
        device=record.get("device", {}),
        data=DataRecord(
            description=_ABOUT,
            kind="own",
            train_rows=int(data.get("train_rows", 0)),
            validation_rows=len(plates),
            fingerprint=str(data.get("validation_fingerprint", "")),
            baseline=_measure_baseline(plates["truth"]),
        ),
        base_config=record["config"],
    ).write(study.path)


def _measure_baseline(truth: pd.Series) -> dict[str, Any]:
    """Return what the most frequent symbols get right.

    Those of the validation plates, for the training plates are not there: a little too much.
    """
    slots = pd.DataFrame([list(text) for text in truth])
    symbols = slots.mode().iloc[0]
    return {
        "character_accuracy": float(slots.eq(symbols).mean().mean()),
        "symbols": "".join(symbols.fillna("")),
    }
