import keras
import numpy as np
import pytest

from lpr_core.backbones import build as backbones_module
from lpr_core.diagnosis.probes import Parts
from lpr_core.diagnosis.shuffled_labels import measure_memory, most_frequent, train_head
from lpr_core.evidence.suspects.judges import judge_memory
from tests.kit.training_kit import (
    PLATE_FORMAT,
    make_reading_config,
    make_training_config,
    tiny_backbone,
)

SLOTS, SYMBOLS = PLATE_FORMAT.slots, PLATE_FORMAT.num_symbols


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    monkeypatch.setitem(backbones_module._BACKBONES, "compact", tiny_backbone())


def plant(num_train, legible, seed=0):
    """Truth and maps `(N, 4, 12, 8)` as the tiny backbone gives them, legible or pure noise."""
    rng = np.random.default_rng(seed)
    truth = Parts(*(rng.integers(0, SYMBOLS, (n, SLOTS)) for n in (num_train, 40)))
    maps = [rng.normal(0, 1, (len(texts), 4, 12, 8)).astype(np.float32) for texts in truth]
    if legible:
        for texts, part in zip(truth, maps, strict=True):
            for slot in range(SLOTS):
                marks = 6 * np.eye(8)[texts[:, slot]]
                part[:, :, 4 * slot : 4 * slot + 4] += marks[:, None, None]
    return truth, Parts(*maps)


def make_config(head="positional", **settings):
    network = make_reading_config(head=head, dense_units=32, dropout=0.0)
    return make_training_config("none.csv", network, batch_size=16, **settings)


def test_a_head_that_only_memorises_is_guilty():
    truth, maps = plant(32, legible=False)
    found = measure_memory(make_config(epochs=25), maps, truth)
    assert found.train_true > 0.8
    assert found.train_shuffled > 0.8
    assert found.validation_true < 0.45
    assert judge_memory(found).verdict == "guilty"


def test_a_head_that_reads_is_cleared_whatever_it_could_memorise():
    truth, maps = plant(64, legible=True)
    found = measure_memory(make_config(epochs=12), maps, truth)
    assert found.validation_true > 0.9
    assert found.gap.value < 0.1
    suspect = judge_memory(found)
    assert suspect.verdict == "cleared"
    assert found.validation_shuffled < 0.6
    assert (found.epochs, found.num_train) == (12, 64)


def test_equal_seeds_train_equal_heads():
    truth, maps = plant(24, legible=True)
    heads = [
        train_head(make_config(epochs=1, seed=seed), maps.train, truth.train) for seed in (0, 0, 1)
    ]
    first, second, third = (head.get_weights() for head in heads)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert any(not np.allclose(one, other) for one, other in zip(first, third, strict=True))
    assert heads[0].output_shape == (None, SLOTS, SYMBOLS)


def test_the_head_is_the_studys():
    truth, maps = plant(24, legible=False)
    head = train_head(make_config(epochs=1), maps.train, truth.train)
    names = {layer.name for layer in head.layers}
    assert {"height_pool", "column_projection", "branch_0_bn", "plate"} <= names
    assert not any(isinstance(layer, keras.layers.Conv2D) for layer in head.layers)


def test_most_frequent_symbols():
    texts = np.array([[0, 3], [1, 3], [1, 2]])
    assert most_frequent(texts).tolist() == [1, 3]
