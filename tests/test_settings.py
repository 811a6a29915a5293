import pytest

from lpr_core.settings import flatten_settings


@pytest.mark.parametrize(
    ("values", "flat"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"seed": 1, "name": None}, {"seed": 1, "name": None}, id="flat"),
        pytest.param(
            {"a": {"b": {"c": [1, 2]}, "d": 0.5}, "e": "f"},
            {"a.b.c": [1, 2], "a.d": 0.5, "e": "f"},
            id="deep, lists whole, order kept",
        ),
        pytest.param({"a": {}}, {}, id="an inner one without settings"),
    ],
)
def test_settings_are_named_by_dots(values, flat):
    assert list(flatten_settings(values).items()) == list(flat.items())


def test_the_values_stay_as_they_were():
    values = {"a": {"b": 1}}
    flatten_settings(values)
    assert values == {"a": {"b": 1}}
