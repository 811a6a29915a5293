"""Plates that were made hard to read: by a known amount, repeatably, each kind in its own way."""

import numpy as np
import pytest

from lpr_core.synthesis.soiling import soil_names, soil_plate

PLATE = np.full((60, 240, 3), 230, np.uint8)
PLATE[15:45, 20:220:8] = 20


def soil(kind: str, amount: float, seed: int = 0) -> np.ndarray:
    return soil_plate(PLATE, kind, amount, np.random.default_rng(seed))


def contrast(picture: np.ndarray) -> float:
    return float(picture[15:45].astype(float).std())


@pytest.mark.parametrize("kind", soil_names())
def test_equal_seeds_give_equal_plates_and_the_given_one_stays(kind):
    before = PLATE.copy()
    assert (soil(kind, 0.5) == soil(kind, 0.5)).all()
    assert (soil(kind, 0.5) != soil(kind, 0.5, seed=1)).any()
    assert (before == PLATE).all()
    assert soil(kind, 0.5).dtype == np.uint8


@pytest.mark.parametrize("kind", soil_names())
def test_nothing_is_nothing_and_more_is_more(kind):
    assert (soil(kind, 0.0) == PLATE).all()

    def change(amount: float) -> float:
        changes = [np.abs(soil(kind, amount, seed).astype(int) - PLATE).mean() for seed in range(8)]
        return float(np.mean(changes))

    assert change(0.1) < change(0.4) < change(0.9)


@pytest.mark.parametrize("kind", ["mud", "rust", "cover"])
def test_the_amount_is_the_share_that_is_hidden(kind):
    white = np.full((80, 320, 3), 255, np.uint8)
    for amount in (0.2, 0.5):
        shares = []
        for seed in range(12):
            soiled = soil_plate(white, kind, amount, np.random.default_rng(seed)).astype(int)
            # The same stains on black: what differs less than 0.4 of the way is hidden.
            rng = np.random.default_rng(seed)
            dark = soil_plate(np.zeros_like(white), kind, amount, rng).astype(int)
            shares.append(float(((soiled - dark).mean(axis=2) < 0.42 * 255).mean()))
        assert np.mean(shares) == pytest.approx(amount, abs=0.08)


@pytest.mark.parametrize("kind", ["dust", "fading"])
def test_the_amount_is_the_contrast_that_is_gone(kind):
    kept = np.mean([contrast(soil(kind, 0.7, seed)) for seed in range(8)]) / contrast(PLATE)
    assert kept == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_amounts_outside_are_refused(amount):
    with pytest.raises(ValueError, match="between 0 and 1"):
        soil("mud", amount)
