import dataclasses
import math

import numpy as np
import pytest

from lpr_core.augment.noise import add_noise
from lpr_core.augment.preview import noise_grid

PLATE = np.full((48, 160, 3), 128, dtype=np.uint8)


def test_the_grid_has_every_strength_in_its_order():
    grid = noise_grid(PLATE, [0.1, 0, 0.05])
    assert [noisy.strength for noisy in grid] == [0.1, 0, 0.05]
    assert [noisy.sigma for noisy in grid] == [25.5, 0, 12.75]
    assert grid[0].psnr == pytest.approx(20, abs=0.2)
    assert grid[1].psnr == math.inf
    assert grid[2].psnr == pytest.approx(26, abs=0.2)


def test_the_preview_is_what_training_gets():
    (noisy,) = noise_grid(PLATE, [0.2], per_channel=False, seed=9)
    expected = add_noise(PLATE[None], 0.2, per_channel=False, seed=9)[0]
    np.testing.assert_array_equal(noisy.picture, expected)


def test_all_strengths_share_one_grain():
    weak, strong = noise_grid(PLATE, [0.05, 0.1])
    grains = [(noisy.picture.astype(float) - PLATE).ravel() for noisy in (weak, strong)]
    assert np.corrcoef(grains)[0, 1] > 0.99


def test_clean_is_a_copy_and_the_picture_unchanged():
    picture = PLATE.copy()
    (clean,) = noise_grid(picture, [0])
    np.testing.assert_array_equal(clean.picture, picture)
    assert not np.shares_memory(clean.picture, picture)
    noise_grid(picture, [0.5])
    np.testing.assert_array_equal(picture, PLATE)


def test_no_strengths_no_pictures():
    assert noise_grid(PLATE, []) == ()


def test_a_strength_outside_the_range_is_refused():
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]. Received: 2"):
        noise_grid(PLATE, [0.1, 2])


def test_a_noisy_picture_cannot_be_changed():
    (noisy,) = noise_grid(PLATE, [0.1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        noisy.strength = 0.5
