"""Tables of the runs page: which settings differ, and histories under each other."""

import pandas as pd
import pytest

from app.dashboard.shown.run_tables import compare_configs, stack_histories


def record(created: str = "2026-01-01", **config) -> dict:
    return {"created": created, "backend": "tensorflow", "config": config}


def as_dict(table: pd.DataFrame) -> dict:
    return table.to_dict(orient="index")


def test_only_settings_that_differ_are_listed():
    records = {
        "a": record(seed=0, epochs=10, network={"head": "pooled", "dropout": 0.2}),
        "b": record(seed=1, epochs=10, network={"head": "attention", "dropout": 0.2}),
    }
    assert as_dict(compare_configs(records)) == {
        "network.head": {"a": "pooled", "b": "attention"},
        "seed": {"a": "0", "b": "1"},
    }


def test_when_a_run_was_begun_is_no_setting():
    table = compare_configs({"a": record("2026-01-01"), "b": record("2026-01-02")})
    assert as_dict(table) == {}


def test_of_one_run_everything_is_listed():
    assert as_dict(compare_configs({"a": record(seed=0)})) == {
        "backend": {"a": "tensorflow"},
        "seed": {"a": "0"},
    }


def test_a_setting_that_a_run_lacks_is_empty():
    records = {"a": record(seed=0), "b": {}}
    assert as_dict(compare_configs(records)) == {
        "backend": {"a": "tensorflow", "b": ""},
        "seed": {"a": "0", "b": ""},
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0003, "0.0003"),
        (3 * 0.1, "0.3"),  # not 0.30000000000000004
        (None, "null"),
        (True, "true"),
        ([0.2, 1.0], "[0.2, 1.0]"),
        ("imagenet", "imagenet"),
        (10, "10"),
    ],
)
def test_values_are_shown_as_a_configuration_file_has_them(value, shown):
    assert compare_configs({"a": {"config": {"key": value}}}).loc["key", "a"] == shown


def test_no_runs_give_an_empty_table():
    assert compare_configs({}).empty


def test_histories_are_stacked_with_their_names():
    histories = {
        "a": pd.DataFrame({"epoch": [1, 2], "loss": [3.0, 2.0]}),
        "b": pd.DataFrame({"epoch": [1], "loss": [1.0]}),
    }
    pd.testing.assert_frame_equal(
        stack_histories(histories),
        pd.DataFrame({"run": ["a", "a", "b"], "epoch": [1, 2, 1], "loss": [3.0, 2.0, 1.0]}),
    )
