"""One figure for each suspect's measurement: what was compared with what."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from app.figures import show_figure
from lpr_core.charts import plot_bars

Measured = Mapping[str, Any]
READ = "Characters right"


def show_measurement(name: str, measurements: Mapping[str, Measured]) -> None:
    """Show a suspect's figure; nothing where it was not measured."""
    if name in measurements and name in _TABLES:
        table = _TABLES[name](measurements[name])
        show_figure(plot_bars(table, READ), table, f"suspect-{name}")
    if name == "drift" and name in measurements:
        _show_drift(measurements[name])


def _show_drift(found: Measured) -> None:
    layers = pd.DataFrame(found["layers"])
    similar = layers.dropna(subset="cka").rename(columns={"cka": "value"})
    if not similar.empty:
        title = "Linear CKA to the start (100 % is unchanged)"
        show_figure(plot_bars(similar, title), layers, "suspect-drift-layers")


def _table(rows: Iterable[tuple[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["name", "value"])


def _gap(found: Measured) -> pd.DataFrame:
    return _table(
        [
            ("Training plates", found["train"]),
            ("Validation plates", found["validation"]),
            ("Most frequent symbols", found["baseline"]),
        ]
    )


def _memory(found: Measured) -> pd.DataFrame:
    return _table(
        [
            ("True labels, training plates", found["train_true"]),
            ("True labels, validation plates", found["validation_true"]),
            ("Shuffled labels, training plates", found["train_shuffled"]),
            ("Shuffled labels, validation plates", found["validation_shuffled"]),
            ("No learning", found["baseline"]),
        ]
    )


def _position(found: Measured) -> pd.DataFrame:
    forms = {"unpooled": "Whole map", "scrambled": "Map in disorder", "pooled": "Pooled vector"}
    return _table((label, found[form]["accuracy"]) for form, label in forms.items())


def _features(found: Measured) -> pd.DataFrame:
    return _table((stage["name"], stage["unpooled"]) for stage in found["stages"])


def _drift(found: Measured) -> pd.DataFrame:
    return _table([("Frozen features", found["frozen"]), ("Fine-tuned features", found["tuned"])])


def _norms(found: Measured) -> pd.DataFrame:
    return _table(
        [
            ("Stored statistics", found["inference"]),
            ("Each batch's own", found["batch"]),
            ("Mixed, as in old Keras", found["mixed"]),
        ]
    )


def _scales(found: Measured) -> pd.DataFrame:
    return _table((scale["name"], scale["accuracy"]) for scale in found["scales"])


_TABLES: dict[str, Callable[[Measured], pd.DataFrame]] = {
    "gap": _gap,
    "memory": _memory,
    "position": _position,
    "features": _features,
    "drift": _drift,
    "batch_statistics": _norms,
    "input_scale": _scales,
}
