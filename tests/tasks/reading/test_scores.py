import pandas as pd
import pytest

from lpr_core.tasks.reading.scores import compare_texts, measure_baseline
from tests.kit.training_kit import PLATE_FORMAT


def frame_of(*texts) -> pd.DataFrame:
    return pd.DataFrame({"plate_text": texts})


@pytest.mark.parametrize(
    ("truth", "read", "expected"),
    [
        ("AB1", "AB1", [True, True, True]),
        ("AB1", "XXX", [False, False, False]),
        ("AB1", "A", [True, False, False]),
        ("AB1", "ABC1", [True, True, False]),
        ("A", "AB", [True, False]),  # beside a plate of two symbols
    ],
)
def test_texts_are_compared_slot_by_slot(truth, read, expected):
    longest = "".ljust(len(expected), "Z")
    rows = compare_texts(pd.Series([truth, longest]), pd.Series([read, longest]))
    assert rows.tolist() == [expected, [True] * len(expected)]


def test_baseline_says_the_most_frequent_symbols_of_the_training_plates():
    train, validation = frame_of("018", "010", "X18"), frame_of("018", "XX8", "XXX", "XXX")
    assert measure_baseline(train, validation, PLATE_FORMAT) == {
        "character_accuracy": 3 / 12 + 1 / 12,
        "symbols": "018",
    }
