"""Planted studies: of the agreed shape, with the planted accuracies, equal for equal seeds."""

import filecmp
import json

import numpy as np
import pandas as pd
import pytest

from lpr_core.training.runs import RunFolder
from tests.kit.planted_outcomes import plant_outcome, respond
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import DESIGNS, STRENGTHS, Variant, hypotheses_variants


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_gives_a_complete_folder(tmp_path, design):
    folder = plant_study(tmp_path / design, design=design, seeds=[0, 1], num_plates=4)
    record = json.loads((folder / "study.json").read_text())
    assert (record["name"], record["design"], record["seeds"]) == (design, design, [0, 1])
    for variant in record["variants"]:
        for seed in record["seeds"]:
            run = RunFolder(folder / "runs" / variant["name"] / f"seed-{seed}")
            assert run.state == "finished"
            assert len(run.read_predictions()) == 4
            noisy = pd.read_csv(run.path / "noisy_predictions.csv.gz", dtype={"text": str})
            assert list(noisy["strength"].unique()) == list(STRENGTHS)
            clean = noisy[noisy["strength"] == 0]
            assert list(clean["text"]) == list(run.read_predictions()["text"])
    assert len(list((folder / "pictures").iterdir())) == 4


def test_predictions_are_right_where_it_was_planted(tmp_path):
    folder = plant_study(tmp_path / "s", seeds=[3], num_plates=30, seed=5)
    outcome = plant_outcome(hypotheses_variants(), [3], 30, seed=5)
    table = RunFolder(folder / "runs" / "frozen+noise" / "seed-3").read_predictions()
    read = np.array([list(text) for text in table["text"]])
    truth = np.array([list(text) for text in table["truth"]])
    assert list(table["truth"]) == outcome.truth
    np.testing.assert_array_equal(read == truth, outcome.correct["frozen+noise", 3])


def test_planted_accuracies_come_out_on_average():
    variants = [Variant("a", {}, 0.6), Variant("b", {}, 0.95)]
    outcome = plant_outcome(variants, range(40), 3000, own_spread=0.1)
    means = {
        name: np.mean([c.mean() for (v, _), c in outcome.correct.items() if v == name])
        for name in "ab"
    }
    assert means["a"] == pytest.approx(0.6, abs=0.03)
    assert means["b"] == pytest.approx(0.95, abs=0.01)


def test_noise_takes_everything_down_to_chance():
    variant = Variant("a", {}, 0.9, knee=0.1)
    assert respond(variant, 0.0) == pytest.approx(0.9)
    assert respond(variant, 0.1) == pytest.approx((0.9 + 1 / 35) / 2, abs=0.001)
    assert respond(variant, 0.26) == pytest.approx(1 / 35, abs=0.001)


def test_missing_and_failed_runs_are_so(tmp_path):
    folder = plant_study(
        tmp_path / "s", seeds=[0, 1], num_plates=3, missing=[("none", 1)], failed=[("frozen", 0)]
    )
    assert not (folder / "runs" / "none" / "seed-1").exists()
    failed = RunFolder(folder / "runs" / "frozen" / "seed-0")
    assert (failed.state, bool(failed.reason)) == ("failed", True)


def test_equal_seeds_equal_folders(tmp_path):
    one, two, other = (
        plant_study(tmp_path / name / "s", seeds=[0], num_plates=5, seed=seed)
        for name, seed in [("a", 0), ("b", 0), ("c", 1)]
    )
    names = [str(p.relative_to(one)) for p in one.rglob("*") if p.is_file()]
    assert filecmp.cmpfiles(one, two, names, shallow=False) == (names, [], [])
    assert "plates.csv" in filecmp.cmpfiles(one, other, names, shallow=False)[1]
