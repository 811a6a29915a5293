"""What a diagnosis measured about each suspect: what figures draw, and the tables of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from lpr_core.evidence.tables.cells import READ
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import percent, significant, three

Show = Callable[[Any], str]
Measured = Mapping[str, Any]
"""A measurement of `lpr_core.evidence.suspects.measurements`, as `diagnosis.json` holds it."""

FORMS = {"unpooled": "Whole map", "scrambled": "Map in disorder", "pooled": "Pooled vector"}
"""Forms of the same features that are probed, as people read them."""

WEIGHTS = {"weight_change": "Change of the weights"}
LIKENESS = {"cka": "Linear CKA"}
SHIFTS = {"mean_shift": "Mean, in standard deviations", "scale_shift": "Spread, in doublings"}
"""What is measured of each layer, as people read it, by key."""

_READINGS: Mapping[str, Mapping[str, str]] = {
    "gap": {
        "train": "Training plates",
        "validation": "Validation plates",
        "baseline": "Most frequent symbols",
    },
    "memory": {
        "train_true": "True labels, training plates",
        "validation_true": "True labels, validation plates",
        "train_shuffled": "Shuffled labels, training plates",
        "validation_shuffled": "Shuffled labels, validation plates",
        "baseline": "No learning",
    },
    "drift": {"frozen": "Frozen features", "tuned": "Fine-tuned features"},
    "batch_statistics": {
        "inference": "Stored statistics",
        "batch": "Each batch's own",
        "mixed": "Mixed, as in old Keras",
    },
}


def frame_readings(name: str, found: Measured) -> pd.DataFrame:
    """Return what was read in the situations that a suspect's trial compares: `name, value`."""
    if name == "position":
        rows = [(label, found[form]["accuracy"]) for form, label in FORMS.items()]
    elif name == "input_scale":
        rows = [(scale["name"], scale["accuracy"]) for scale in found["scales"]]
    else:
        rows = [(label, found[key]) for key, label in _READINGS[name].items()]
    return pd.DataFrame(rows, columns=["name", "value"])


def frame_probe_slots(found: Measured) -> pd.DataFrame:
    """Return what probes of each form read: `variant, label, slot` (from 1)`, mean`."""
    rows = [
        (form, label, slot, accuracy)
        for form, label in FORMS.items()
        for slot, accuracy in enumerate(found[form]["slots"], start=1)
    ]
    return pd.DataFrame(rows, columns=["variant", "label", "slot", "mean"])


def frame_stages(found: Measured) -> pd.DataFrame:
    """Return what probes read at each stage, with its places and without: `name, value, series`."""
    rows = [
        (stage["name"], stage[form], FORMS[form])
        for stage in found["stages"]
        for form in ("unpooled", "pooled")
    ]
    return pd.DataFrame(rows, columns=["name", "value", "series"])


def frame_layers(layers: Iterable[Measured], measures: Mapping[str, str]) -> pd.DataFrame:
    """Return `measure, place` (from 1)`, name, value`, where a layer was measured.

    Args:
        layers: From the picture upwards.
        measures: What people read, by key of a layer.
    """
    layers = list(layers)
    rows = [
        (label, place, layer["name"], layer[key])
        for key, label in measures.items()
        for place, layer in enumerate(layers, start=1)
        if layer.get(key) is not None
    ]
    return pd.DataFrame(rows, columns=["measure", "place", "name", "value"])


def tabulate_ranges(found: Measured) -> Table:
    """Return what arrives in each backbone, a row each, by the range of the pictures."""
    names = dict.fromkeys(name for ranges in found["backbones"].values() for name in ranges)
    rows = [
        (backbone, *(_show_range(ranges[name]) if name in ranges else "" for name in names))
        for backbone, ranges in found["backbones"].items()
    ]
    return Table("What arrives in each backbone", pd.DataFrame(rows, columns=["Backbone", *names]))


def tabulate_suspect(name: str, measurements: Mapping[str, Measured]) -> tuple[Table, ...]:
    """Return the tables behind a suspect; none where it was not measured."""
    if name not in measurements or name not in _TABLES:
        return ()
    return _TABLES[name](measurements[name])


def _tabulate_gap(found: Measured) -> tuple[Table, ...]:
    return (_tabulate_readings("What the frozen network reads", "gap", found),)


def _tabulate_memory(found: Measured) -> tuple[Table, ...]:
    return (_tabulate_readings("The head on frozen features", "memory", found),)


def _tabulate_position(found: Measured) -> tuple[Table, ...]:
    forms = {label: found[form] for form, label in FORMS.items()}
    slots = [f"Slot {slot}" for slot in range(1, len(found["unpooled"]["slots"]) + 1)]
    by_slot = [(label, form["accuracy"], *form["slots"]) for label, form in forms.items()]
    areas = [(label, form["anywhere"], form["place"]) for label, form in forms.items()]
    return (
        _tabulate(
            "Probes on the last feature map, by slot",
            by_slot,
            {"Features": str, **dict.fromkeys(["All slots", *slots], percent)},
        ),
        _tabulate(
            "Area under the ROC curve: is a symbol there, and is it in its place",
            areas,
            {"Features": str, "Anywhere": three, "In its place": three},
        ),
    )


def _tabulate_features(found: Measured) -> tuple[Table, ...]:
    rows = [(stage["name"], stage["unpooled"], stage["pooled"]) for stage in found["stages"]]
    columns: dict[str, Show] = {"Stage": str, FORMS["unpooled"]: percent, FORMS["pooled"]: percent}
    return (_tabulate("Probes on each stage of the backbone", rows, columns),)


def _tabulate_drift(found: Measured) -> tuple[Table, ...]:
    title = "How far fine-tuning moved each layer"
    return (
        _tabulate_readings("Probes before and after fine-tuning", "drift", found),
        _tabulate_layers(title, found["layers"], {**WEIGHTS, **LIKENESS}, percent),
    )


def _tabulate_norms(found: Measured) -> tuple[Table, ...]:
    title = "How far plates lie from each layer's stored statistics"
    probes = "Probes by statistics of BatchNormalization"
    return (
        _tabulate_readings(probes, "batch_statistics", found),
        _tabulate_layers(title, found["layers"], SHIFTS, three),
    )


def _tabulate_scales(found: Measured) -> tuple[Table, ...]:
    columns: dict[str, Show] = {
        "Pictures": str,
        READ: percent,
        "Behind the preprocessing": str,
        "Spread of features": three,
        "Shift at the first normalization": three,
    }
    rows = [
        (
            scale["name"],
            scale["accuracy"],
            _show_range(scale["inputs"]),
            scale["spread"],
            scale["norm_shift"],
        )
        for scale in found["scales"]
    ]
    return (_tabulate("Probes by range of the pictures", rows, columns), tabulate_ranges(found))


def _tabulate_readings(title: str, name: str, found: Measured) -> Table:
    columns = {"name": "Measured on", "value": READ}
    return Table(title, frame_readings(name, found).rename(columns=columns), {READ: percent})


def _tabulate_layers(
    title: str,
    layers: Iterable[Measured],
    measures: Mapping[str, str],
    show: Show,
) -> Table:
    rows = [(layer["name"], *(layer.get(key) for key in measures)) for layer in layers]
    return _tabulate(title, rows, {"Layer": str, **dict.fromkeys(measures.values(), show)})


def _tabulate(title: str, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, Show]) -> Table:
    return Table(title, pd.DataFrame(list(rows), columns=list(columns)), columns)


def _show_range(ends: Iterable[float]) -> str:
    return " to ".join(map(significant, ends))


_TABLES: Mapping[str, Callable[[Measured], tuple[Table, ...]]] = {
    "gap": _tabulate_gap,
    "memory": _tabulate_memory,
    "position": _tabulate_position,
    "features": _tabulate_features,
    "drift": _tabulate_drift,
    "batch_statistics": _tabulate_norms,
    "input_scale": _tabulate_scales,
}
