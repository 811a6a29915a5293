"""Tell single trainings apart: which of them are one variant, and what the variants are called.

Runs of one variant differ in their seed alone. Where runs differ in more than transfer and noise,
these settings stand in the variants' names, so that nobody takes one learning rate for another.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd

from lpr_core.evidence.wording import name_scope
from lpr_core.study.designs.levels import name_cell
from lpr_core.study.folder.record import VariantRecord
from lpr_core.training.runs import FREE_FIELDS

_OF_CELL = {"network.weights", "network.freeze", "noise_strength"}
"""Settings that transfer and noise stand for; told only where equal cells differ in them."""

_NOT_COMPARED = FREE_FIELDS | {"seed", "manifest", "validation_manifest"}
_NUM_TOLD = 3
_NAME_LENGTH = 60
_VALUE_LENGTH = 24


def tell_apart(records: Sequence[Mapping[str, Any]]) -> list[VariantRecord]:
    """Return the variant of each run, given what `RunFolder.read_config` returns of it."""
    cells = [_describe_cell(record["config"]) for record in records]
    settings = _tabulate_settings(records)
    settings = settings[_find_telling(settings, [cell.name for cell in cells])]
    variants: dict[tuple[str, ...], VariantRecord] = {}
    keys = []
    for cell, values in zip(cells, settings.to_numpy().tolist(), strict=True):
        keys.append((cell.name, *values))
        if keys[-1] not in variants:
            told = dict(zip(settings.columns, values, strict=True))
            variants[keys[-1]] = _add_settings(cell, told, variants.values())
    return [variants[key] for key in keys]


def _describe_cell(config: Mapping[str, Any]) -> VariantRecord:
    """Return the cell of the hypotheses that a configuration belongs to."""
    network, noise = config["network"], float(config.get("noise_strength", 0))
    transfer = "none"
    if network.get("weights", "none") != "none":
        transfer = "frozen" if float(network.get("freeze", 0)) == 1 else "fine-tuned"
    return VariantRecord(
        name=name_cell(transfer, noise),
        label=name_scope(transfer) + (f", noise {noise:g}" if noise else ""),
        factors={"transfer": transfer, "noise": noise},
    )


def _tabulate_settings(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return what is compared, a row for each run, as texts; what a run lacks is empty."""
    table = pd.json_normalize([record["config"] for record in records])
    table["training_plates"] = [record.get("data", {}).get("train_rows") for record in records]
    table = table.drop(columns=_NOT_COMPARED, errors="ignore").map(_show)
    if "network.weights" in table:  # one file lies in different places on two machines
        table["network.weights"] = [PurePath(path).name for path in table["network.weights"]]
    return table


def _show(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:g}"
    return "" if value is None else str(value)


def _find_telling(settings: pd.DataFrame, cells: Sequence[str]) -> list[str]:
    """Return the settings that differ; those that make the cells, only if they do within one."""
    names = [str(name) for name in settings]
    differs = settings.nunique() > 1
    differs_within = settings.groupby(pd.Series(cells)).nunique().max() > 1
    return [
        name for name in names if differs_within[name] or (differs[name] and name not in _OF_CELL)
    ]


def _add_settings(
    cell: VariantRecord, told: Mapping[str, str], others: Collection[VariantRecord]
) -> VariantRecord:
    """Return the cell with its first few settings as words, called unlike all other variants."""
    words = [
        f"{setting.rpartition('.')[2].replace('_', ' ')} {value[:_VALUE_LENGTH] or 'none'}"
        for setting, value in list(told.items())[:_NUM_TOLD]
    ]
    name = re.sub(r"[^\w.+-]+", "-", "+".join([cell.name, *words]))[:_NAME_LENGTH]
    label = ", ".join([cell.label, *words])
    taken = {text for other in others for text in (other.name, other.label)}
    endings = (("", ""), *((f"-{number}", f" ({number})") for number in range(2, 10_000)))
    return next(
        cell.model_copy(update={"name": name + of_name, "label": label + of_label})
        for of_name, of_label in endings
        if not {name + of_name, label + of_label} & taken
    )
