import math
import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from lpr_core.augment.noise import add_noise, measure_psnr

GREY = np.full((4, 96, 192, 3), 128, dtype=np.uint8)


def drawn_noise(**options):
    return add_noise(GREY, **options).astype(np.float64) - GREY


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("strength", [0.01, 0.03, 0.1])
def test_strength_is_the_standard_deviation_as_a_fraction_of_the_range(strength, per_channel):
    noise = drawn_noise(strength=strength, per_channel=per_channel, seed=1)
    sigma = math.hypot(strength * 255, 1 / math.sqrt(12))  # rounding adds 1/12 to the variance
    assert noise.std() == pytest.approx(sigma, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=4 * sigma / math.sqrt(GREY.size / 3))


@pytest.mark.parametrize("strength", [0.01, 0.05, 0.1, 0.2, 0.3, 1])
def test_grey_levels_are_those_of_a_normal_distribution_cut_at_black_and_white(strength):
    noisy = add_noise(GREY, strength, seed=1)
    edges = [-math.inf, *np.arange(0.5, 255), math.inf]
    expected = np.diff(stats.norm.cdf(edges, loc=128, scale=strength * 255))
    observed = np.bincount(noisy.ravel(), minlength=256) / noisy.size
    assert np.abs(np.cumsum(observed) - np.cumsum(expected)).max() < 0.005
    mean = expected @ np.arange(256)
    assert noisy.mean() == pytest.approx(mean, abs=0.01 * strength * 255)
    assert noisy.std() == pytest.approx(
        math.sqrt(expected @ (np.arange(256) - mean) ** 2), rel=0.01
    )


def test_colour_channels_are_drawn_apart_or_together():
    coloured = drawn_noise(strength=0.1, per_channel=True, seed=2).reshape(-1, 3)
    grey = drawn_noise(strength=0.1, per_channel=False, seed=2).reshape(-1, 3)
    assert np.abs(np.corrcoef(coloured.T) - np.eye(3)).max() < 0.02
    np.testing.assert_array_equal(grey[:, 0], grey[:, 1])
    np.testing.assert_array_equal(grey[:, 0], grey[:, 2])


def test_neighbours_and_pictures_are_independent():
    noise = drawn_noise(strength=0.1, seed=3)
    assert abs(np.corrcoef(noise[:, :, 1:].ravel(), noise[:, :, :-1].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.02


def test_equal_seeds_give_equal_noise_and_others_do_not():
    first = add_noise(GREY, 0.1, seed=7)
    np.testing.assert_array_equal(first, add_noise(GREY, 0.1, seed=7))
    assert (first != add_noise(GREY, 0.1, seed=8)).mean() > 0.9


def test_the_global_generator_is_neither_used_nor_moved():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    add_noise(GREY, 0.1, seed=7)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_single_picture_gets_the_noise_of_the_first_of_a_batch():
    np.testing.assert_array_equal(
        add_noise(GREY[:1], 0.1, seed=5)[0], add_noise(GREY, 0.1, seed=5)[0]
    )


@pytest.mark.parametrize("strength", [0, 0.1, 1])
def test_the_input_is_unchanged_and_the_output_a_batch_of_its_own(strength):
    images = GREY.copy()
    noisy = add_noise(images, strength, seed=1)
    np.testing.assert_array_equal(images, GREY)
    assert not np.shares_memory(noisy, images)
    assert (noisy.shape, noisy.dtype) == (GREY.shape, np.uint8)
    assert np.array_equal(noisy, images) == (strength == 0)


def test_an_empty_batch_stays_empty():
    assert add_noise(GREY[:0], 0.1, seed=1).shape == (0, 96, 192, 3)


def test_black_and_white_are_cut_off_and_do_not_wrap_around():
    extremes = np.zeros((1, 32, 32, 3), dtype=np.uint8)
    extremes[:, :, 16:] = 255
    noisy = add_noise(extremes, 0.05, seed=1)
    assert noisy[:, :, :16].max() < 100
    assert noisy[:, :, 16:].min() > 155


@pytest.mark.parametrize("strength", [-0.01, 1.01, 25.5, math.nan, math.inf])
def test_strengths_outside_the_range_are_refused(strength):
    with pytest.raises(ValueError, match=rf"must lie in \[0, 1\]. Received: {strength}"):
        add_noise(GREY, strength, seed=1)


@pytest.mark.parametrize(
    ("images", "received"),
    [
        (GREY[0], "(96, 192, 3) uint8"),
        (GREY[..., :1], "(4, 96, 192, 1) uint8"),
        (GREY.astype(np.float32), "(4, 96, 192, 3) float32"),
    ],
)
def test_what_is_no_batch_of_pictures_is_refused(images, received):
    with pytest.raises(ValueError, match=re.escape(f"(N, H, W, 3) uint8. Received: {received}")):
        add_noise(images, 0.1, seed=1)


@pytest.mark.parametrize("strength", [0.02, 0.1])
def test_psnr_follows_from_the_strength(strength):
    noisy = add_noise(GREY, strength, seed=1)
    assert measure_psnr(GREY, noisy) == pytest.approx(-20 * math.log10(strength), abs=0.1)


def test_psnr_of_extremes():
    black, white = np.zeros_like(GREY), np.full_like(GREY, 255)
    assert measure_psnr(GREY, GREY) == math.inf
    assert measure_psnr(black, white) == 0
    assert measure_psnr(white, black) == 0
    with pytest.raises(ValueError, match="the same shape"):
        measure_psnr(GREY, GREY[:1])


def test_imgaug_is_imported_late_and_leaves_numpy_as_it_was():
    script = """
import sys, numpy
from lpr_core.augment.noise import add_noise
assert "imgaug" not in sys.modules
add_noise(numpy.zeros((1, 8, 8, 3), numpy.uint8), 0.1, seed=1)
assert "imgaug" in sys.modules
assert not hasattr(numpy, "sctypes")
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)
