"""What a diagnosis measured about each suspect, as tables."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lpr_core.evidence.units import percent
from lpr_core.report.tables import Table

Measured = Mapping[str, Any]
"""A measurement of `lpr_core.evidence.suspects.measurements`, as `diagnosis.json` holds it."""

_FORMS = {"unpooled": "whole map", "scrambled": "map in disorder", "pooled": "pooled vector"}


def tabulate_suspect(name: str, measurements: Mapping[str, Measured]) -> tuple[Table, ...]:
    """Return the tables behind a suspect; none where it was not measured."""
    if name not in measurements or name not in _TABLES:
        return ()
    return _TABLES[name](measurements[name])


def _tabulate_gap(found: Measured) -> tuple[Table, ...]:
    rows = {
        "training plates": found["train"],
        "validation plates": found["validation"],
        "most frequent symbols": found["baseline"],
    }
    return (_list_accuracies("What the frozen network reads", rows),)


def _tabulate_memory(found: Measured) -> tuple[Table, ...]:
    rows = {
        "true labels, training plates": found["train_true"],
        "true labels, validation plates": found["validation_true"],
        "shuffled labels, training plates": found["train_shuffled"],
        "shuffled labels, validation plates": found["validation_shuffled"],
        "most frequent symbols, training plates": found["baseline"],
    }
    return (_list_accuracies("The head on frozen features", rows),)


def _tabulate_position(found: Measured) -> tuple[Table, ...]:
    forms = {label: found[form] for form, label in _FORMS.items()}
    slots = range(1, len(found["unpooled"]["slots"]) + 1)
    by_slot = [
        (label, percent(form["accuracy"]), *map(percent, form["slots"]))
        for label, form in forms.items()
    ]
    areas = [
        (label, _three(form["anywhere"]), _three(form["place"])) for label, form in forms.items()
    ]
    return (
        Table(
            "Probes on the last feature map, by slot",
            ("features", "all slots", *(f"slot {slot}" for slot in slots)),
            tuple(by_slot),
        ),
        Table(
            "Area under the ROC curve: is a symbol there, and is it in its place",
            ("features", "anywhere", "in its place"),
            tuple(areas),
        ),
    )


def _tabulate_features(found: Measured) -> tuple[Table, ...]:
    rows = tuple(
        (stage["name"], percent(stage["unpooled"]), percent(stage["pooled"]))
        for stage in found["stages"]
    )
    columns = ("stage", _FORMS["unpooled"], _FORMS["pooled"])
    return (Table("Probes on each stage of the backbone", columns, rows),)


def _tabulate_drift(found: Measured) -> tuple[Table, ...]:
    probes = {"frozen features": found["frozen"], "fine-tuned features": found["tuned"]}
    layers = tuple(
        (layer["name"], _three(layer["weight_change"]), _three(layer.get("cka")))
        for layer in found["layers"]
    )
    columns = ("layer", "weight change, of the start's norm", "linear CKA to the start")
    return (
        _list_accuracies("Probes before and after fine-tuning", probes),
        Table("How far fine-tuning moved each layer", columns, layers),
    )


def _tabulate_norms(found: Measured) -> tuple[Table, ...]:
    probes = {
        "stored statistics": found["inference"],
        "each batch's own": found["batch"],
        "fitted on the batch's own, used on stored ones": found["mixed"],
    }
    layers = tuple(
        (layer["name"], _three(layer["mean_shift"]), _three(layer["scale_shift"]))
        for layer in found["layers"]
    )
    columns = ("layer", "means apart, in stored deviations", "deviations apart, in powers of two")
    return (
        _list_accuracies("Probes by statistics of BatchNormalization", probes),
        Table("How far plates lie from each layer's stored statistics", columns, layers),
    )


def _tabulate_scales(found: Measured) -> tuple[Table, ...]:
    rows = tuple(
        (
            scale["name"],
            percent(scale["accuracy"]),
            _show_range(scale["inputs"]),
            _three(scale["spread"]),
            _three(scale["norm_shift"]),
        )
        for scale in found["scales"]
    )
    columns = (
        "pictures",
        "characters right",
        "behind the preprocessing",
        "spread of features",
        "shift at the first normalization",
    )
    names = [scale["name"] for scale in found["scales"]]
    backbones = tuple(
        (backbone, *(_show_range(ranges[name]) if name in ranges else "" for name in names))
        for backbone, ranges in found["backbones"].items()
    )
    return (
        Table("Probes by range of the pictures", columns, rows),
        Table("What arrives in each backbone", ("backbone", *names), backbones),
    )


def _list_accuracies(title: str, rows: Mapping[str, float]) -> Table:
    shown = tuple((name, percent(share)) for name, share in rows.items())
    return Table(title, ("measured on", "characters right"), shown)


def _three(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _show_range(ends: Iterable[float]) -> str:
    return " to ".join(f"{end:.3g}" for end in ends)


_TABLES: Mapping[str, Callable[[Measured], tuple[Table, ...]]] = {
    "gap": _tabulate_gap,
    "memory": _tabulate_memory,
    "position": _tabulate_position,
    "features": _tabulate_features,
    "drift": _tabulate_drift,
    "batch_statistics": _tabulate_norms,
    "input_scale": _tabulate_scales,
}
