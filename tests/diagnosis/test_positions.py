import numpy as np
import pytest

from lpr_core.diagnosis.positions import area_under_curve, measure_position, scramble_places
from lpr_core.diagnosis.probes import Parts
from lpr_core.evidence.suspects.judges import judge_position

SLOTS, SYMBOLS = 4, 6


def plant_truth(num_train=300, num_validation=200):
    rng = np.random.default_rng(0)
    return Parts(*(rng.integers(0, SYMBOLS, (n, SLOTS)) for n in (num_train, num_validation)))


def plant_maps(truth, noise=0.1):
    """Maps `(N, 2, S, V)`: each column shows its slot's symbol, so that order is in the place."""
    rng = np.random.default_rng(1)

    def draw(texts):
        columns = np.eye(SYMBOLS)[texts]  # (N, S, V)
        maps = np.repeat(columns[:, None], 2, axis=1)
        return (maps + rng.normal(0, noise, maps.shape)).astype(np.float32)

    return Parts(*map(draw, truth))


def test_pooling_is_guilty_where_only_the_place_tells_the_order():
    truth = plant_truth()
    found = measure_position(plant_maps(truth), truth, SYMBOLS, "pooled")
    assert found.unpooled.accuracy > 0.98
    assert found.pooled.accuracy < 0.5
    assert found.scrambled.accuracy < 0.5
    assert found.pooled.anywhere > 0.95  # which symbols are there is still known
    assert found.pooled.place == pytest.approx(0.5, abs=0.05)  # where they stand is not
    assert found.unpooled.place > 0.95
    suspect = judge_position(found)
    assert suspect.verdict == "guilty"
    assert suspect.strength == pytest.approx(found.lost.value)


def test_pooling_is_cleared_where_channels_tell_the_order():
    truth = plant_truth()
    # One channel for each symbol in each slot, the same at all places.
    flat = Parts(*(np.eye(SYMBOLS)[texts].reshape(len(texts), 1, 1, -1) for texts in truth))
    maps = Parts(*(np.tile(part, (1, 2, 3, 1)) for part in flat))
    found = measure_position(maps, truth, SYMBOLS, "pooled")
    assert found.pooled.accuracy == 1
    assert found.pooled.place == pytest.approx(1)
    assert judge_position(found).verdict == "cleared"


def test_a_head_that_keeps_places_is_cleared():
    truth = plant_truth()
    found = measure_position(plant_maps(truth), truth, SYMBOLS, "attention")
    suspect = judge_position(found)
    assert suspect.verdict == "cleared"
    assert suspect.sentence.startswith("The head attention keeps the places; pooling would cost ")


def test_noise_has_neither_symbols_nor_places():
    truth = plant_truth()
    rng = np.random.default_rng(2)
    maps = Parts(*(rng.normal(size=(len(texts), 2, 3, 5)) for texts in truth))
    found = measure_position(maps, truth, SYMBOLS, "pooled")
    for form in (found.pooled, found.unpooled, found.scrambled):
        assert form.accuracy == pytest.approx(1 / SYMBOLS, abs=0.06)
        assert form.anywhere == pytest.approx(0.5, abs=0.06)
        assert form.place == pytest.approx(0.5, abs=0.06)
        assert len(form.slots) == SLOTS
    assert judge_position(found).verdict == "cleared"


def test_scrambling_keeps_what_stands_together():
    maps = Parts(np.arange(24.0).reshape(2, 2, 3, 2), np.arange(12.0).reshape(1, 2, 3, 2))
    scrambled = scramble_places(maps, seed=0)
    for before, after in zip(maps, scrambled, strict=True):
        assert before.shape == after.shape
        for picture, other in zip(before, after, strict=True):
            places, others = (set(map(tuple, p.reshape(-1, 2))) for p in (picture, other))
            assert places == others
    assert not np.array_equal(maps.train, scrambled.train)
    assert not np.array_equal(maps.train, scramble_places(maps, seed=1).train)
    np.testing.assert_array_equal(scrambled.train, scramble_places(maps, seed=0).train)


@pytest.mark.parametrize(
    ("marked", "scores", "area"),
    [
        ([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], 1.0),
        ([1, 1, 1, 0, 0, 0], [1, 2, 3, 4, 5, 6], 0.0),
        ([0, 1, 0, 1, 0, 1], [7, 7, 7, 7, 7, 7], 0.5),
        # By hand: of 9 pairs, 6 are in order.
        ([1, 1, 1, 0, 0, 0], [9, 8, 2, 7, 3, 1], 7 / 9),
        ([1, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6], None),
        ([1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6], None),
        ([], [], None),
    ],
)
def test_area_under_curve(marked, scores, area):
    found = area_under_curve(np.array(marked), np.array(scores))
    assert found == area if area is None else found == pytest.approx(area)
