"""Mistakes: confusions, worst plates, disagreements."""

import pandas as pd
import pytest

from lpr_core.evidence.mistakes import (
    NOTHING,
    arrange_confusions,
    compare_characters,
    compare_runs,
    count_confusions,
    list_disagreements,
    list_misread,
    rank_plates,
)


def predictions(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["truth", "text"])


TABLE = predictions(("A8", "AB"), ("88", "B8"), ("A1", "A1"), ("81", "8"))


def test_confusions_slot_by_slot():
    assert count_confusions(TABLE).to_dict("records")[:2] == [
        {"slot": 1, "truth": "A", "read": "A", "count": 2},
        {"slot": 1, "truth": "8", "read": "8", "count": 1},
    ]
    wrong = count_confusions(TABLE).query("truth != read")
    assert wrong[["slot", "truth", "read", "count"]].to_numpy().tolist() == [
        [1, "8", "B", 1],
        [2, "1", NOTHING, 1],
        [2, "8", "B", 1],
    ]


def test_the_square_over_all_and_of_one_slot():
    confusions = count_confusions(TABLE)
    everywhere = arrange_confusions(confusions, "18AB")
    assert everywhere.loc["8"].tolist() == [0, 2, 0, 2]
    assert arrange_confusions(confusions, "18AB", slot=1).loc["8"].tolist() == [0, 1, 0, 1]
    assert everywhere.loc["B"].tolist() == [0, 0, 0, 0]


def test_misread_pairs_with_their_share():
    assert list_misread(count_confusions(TABLE)).to_dict("records") == [
        {"truth": "8", "read": "B", "count": 2, "share": 0.5},
        {"truth": "1", "read": NOTHING, "count": 1, "share": 0.5},
    ]


def test_all_right_has_no_mistakes_and_no_plates_no_confusions():
    assert list_misread(count_confusions(predictions(("A8", "A8")))).empty
    assert count_confusions(predictions()).empty


def test_what_stands_past_the_end_of_a_shorter_plate():
    assert count_confusions(predictions(("A", "A8"), ("A8", "A8")))["count"].tolist() == [2, 1]
    truth, read = pd.Series(["A", "A8"]), pd.Series(["A", "A"])
    assert compare_characters(truth, read).tolist() == [[True, True], [True, False]]


def test_the_worst_plates_stand_first():
    truth = pd.Series(["AA", "BB", "CC"])
    readings = {
        "one": pd.Series(["AA", "B8", "XX"]),
        "two": pd.Series(["AA", "BB", "CX"]),
        "three": pd.Series(["AA", "B8", "XX"]),
    }
    table = rank_plates(readings, truth)
    assert table["plate"].tolist() == [2, 1, 0]
    assert table.loc[0].to_dict() == {
        "plate": 2,
        "truth": "CC",
        "share_right": pytest.approx(1 / 6),
        "share_whole": 0.0,
        "most_read": "XX",
        "num_readings": 2,
    }


def test_disagreements_that_one_run_gets_right_stand_first():
    first = predictions(("AA", "AB"), ("BB", "BB"), ("CC", "CC"))
    second = predictions(("AA", "AC"), ("BB", "B8"), ("CC", "CC"))
    table = list_disagreements(first, second)
    assert table["plate"].tolist() == [1, 0]
    assert table[["first_right", "second_right"]].to_numpy().tolist() == [
        [True, False],
        [False, False],
    ]


def test_two_runs_by_mcnemar():
    first = predictions(*[("A", "A")] * 10, *[("B", "8")] * 2)
    second = predictions(*[("A", "4")] * 10, *[("B", "B")] * 2)
    found = compare_runs(first, second)
    assert (found.both, found.only_first, found.only_second, found.neither) == (0, 10, 2, 0)
    assert found.p_value == pytest.approx(0.0386, abs=1e-4)


@pytest.mark.parametrize("compare", [compare_runs, list_disagreements])
def test_other_plates_are_refused(compare):
    with pytest.raises(ValueError, match="same plates only"):
        compare(predictions(("A", "A")), predictions(("B", "B")))
