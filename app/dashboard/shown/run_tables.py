"""Tables about runs, for the runs page: what differs between them, and their histories in one."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lpr_core.settings import flatten_settings


def compare_configs(records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return the settings that are not the same in all runs, one row each, one column a run.

    `records` is what `RunFolder.read_config` returns, by run name. Nested settings are named with
    dots (`network.head`); a setting that a run lacks is empty. Of a single run, all settings are
    returned.
    """
    flat = {name: _tell(record) for name, record in records.items()}
    table = pd.DataFrame(flat, dtype="string").fillna("")
    if table.shape[1] > 1:
        table = table[table.nunique(axis="columns") > 1]
    return table.sort_index().rename_axis("setting")


def stack_histories(histories: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all histories under each other, the run's name in front."""
    return pd.concat(histories, names=["run", None]).reset_index("run").reset_index(drop=True)


def _unwrap(record: Mapping[str, Any]) -> dict[str, Any]:
    """Put the training configuration itself on top, and leave out when the run was begun."""
    rest = {key: value for key, value in record.items() if key not in ("config", "created")}
    return {**rest, **record.get("config", {})}


def _tell(record: Mapping[str, Any]) -> dict[str, str]:
    return {name: _show(value) for name, value in flatten_settings(_unwrap(record)).items()}


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)
