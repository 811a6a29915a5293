"""What a diagnosis measured as tables: what figures draw and people download."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

Measured = Mapping[str, Any]

FORMS = {"unpooled": "Whole map", "scrambled": "Map in disorder", "pooled": "Pooled vector"}
"""Forms of the same features that are probed, as people read them."""


def tabulate_values(rows: Iterable[tuple[str, float]]) -> pd.DataFrame:
    """Return `name, value`."""
    return pd.DataFrame(list(rows), columns=["name", "value"])


def tabulate_probe_slots(found: Measured) -> pd.DataFrame:
    """Return what probes of each form read: `variant, label, slot` (from 1)`, mean`."""
    rows = [
        (form, label, slot, accuracy)
        for form, label in FORMS.items()
        for slot, accuracy in enumerate(found[form]["slots"], start=1)
    ]
    return pd.DataFrame(rows, columns=["variant", "label", "slot", "mean"])


def tabulate_stages(found: Measured) -> pd.DataFrame:
    """Return what probes read at each stage, with its places and without: `name, value, series`."""
    rows = [
        (stage["name"], stage[form], FORMS[form])
        for stage in found["stages"]
        for form in ("unpooled", "pooled")
    ]
    return pd.DataFrame(rows, columns=["name", "value", "series"])


def tabulate_layers(layers: Iterable[Measured], measures: Mapping[str, str]) -> pd.DataFrame:
    """Return `measure, place` (from 1)`, name, value`, where a layer was measured.

    Args:
        layers: From the picture upwards.
        measures: What people read, by key of a layer.
    """
    rows = [
        (label, place, layer["name"], layer[key])
        for key, label in measures.items()
        for place, layer in enumerate(layers, start=1)
        if layer[key] is not None
    ]
    return pd.DataFrame(rows, columns=["measure", "place", "name", "value"])


def tabulate_ranges(found: Measured) -> pd.DataFrame:
    """Return what arrives in each backbone, a row each, by the range of the pictures."""
    ranges = {
        backbone: {scale: f"{low:.3g} to {high:.3g}" for scale, (low, high) in scales.items()}
        for backbone, scales in found["backbones"].items()
    }
    return pd.DataFrame.from_dict(ranges, orient="index").fillna("").rename_axis("Backbone")
