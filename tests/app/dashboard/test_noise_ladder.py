"""The noise ladder: what is read at each strength, against what, and how it is summed up."""

import numpy as np
import pandas as pd
import pytest

from app.dashboard.shown.noise_ladder import average_draws, read_ladder, tabulate_draws
from lpr_core.plates.readable import NOT_READ, say_reading
from lpr_core.serving import Reader
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    return Reader.load(write_tiny_bundle(tmp_path_factory.mktemp("reader") / "tiny"))


PLATE = draw_tiny_plate("ABC1234")


def texts(rungs) -> list[str]:
    return [rung.reading.text for rung in rungs]


def test_clean_picture_comes_first_and_noise_grows(reader):
    rungs = read_ladder(reader, PLATE, [0.1, 0.5])
    assert [(rung.noisy.strength, rung.noisy.sigma) for rung in rungs] == [
        (0.0, 0.0),
        (0.1, 25.5),
        (0.5, 127.5),
    ]
    assert np.isinf(rungs[0].noisy.psnr)
    assert rungs[1].noisy.psnr > rungs[2].noisy.psnr
    assert texts(rungs)[0] == "ABC1234"
    assert rungs[0].num_right == 7
    assert rungs[2].num_right < 7


def test_clean_picture_is_not_read_twice(reader):
    assert len(read_ladder(reader, PLATE, [0.0, 0.3])) == 2


def test_noise_is_laid_on_at_the_size_that_the_reader_sees(reader):
    large = draw_tiny_plate("ABC1234", scale=40)
    rungs = read_ladder(reader, large, [0.5])
    assert rungs[1].noisy.picture.shape == (reader.card.height, reader.card.width, 3)
    assert texts(rungs) == texts(read_ladder(reader, PLATE, [0.5]))


def test_known_text_judges_the_clean_reading_too(reader):
    (clean,) = read_ladder(reader, PLATE, [0.0], expected="ABD1234")
    assert [mark.is_right for mark in clean.marks] == [True, True, False, True, True, True, True]


def test_without_a_known_text_the_clean_reading_is_the_measure(reader):
    (clean,) = read_ladder(reader, PLATE, [0.0])
    assert all(mark.is_right for mark in clean.marks)


def test_a_known_text_that_does_not_fit_is_refused(reader):
    with pytest.raises(ValueError, match="'AB'"):
        read_ladder(reader, PLATE, [0.0], expected="AB")


def test_equal_seeds_are_equal_and_others_are_not(reader):
    one, same, other = (read_ladder(reader, PLATE, [0.3], seed=seed)[1] for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.noisy.picture, same.noisy.picture)
    assert (one.noisy.picture != other.noisy.picture).any()


def test_grain_can_be_the_same_in_all_channels(reader):
    grey = draw_tiny_plate("GGGGGGG")
    coloured, plain = (
        read_ladder(reader, grey, [0.2], per_channel=per_channel)[1].noisy.picture
        for per_channel in (True, False)
    )
    assert (coloured[..., 0] != coloured[..., 1]).any()
    np.testing.assert_array_equal(plain[..., 0], plain[..., 2])


def test_picture_is_not_changed(reader):
    before = PLATE.copy()
    read_ladder(reader, PLATE, [0.5])
    np.testing.assert_array_equal(PLATE, before)


def test_draws_become_a_table_and_means(reader):
    draws = [read_ladder(reader, PLATE, [0.5], seed=seed, expected="ABC1234") for seed in (0, 1)]
    table = tabulate_draws(draws)
    assert list(table["draw"]) == [1, 1, 2, 2]
    assert list(table["strength"]) == [0.0, 0.5, 0.0, 0.5]
    rungs = [*draws[0], *draws[1]]
    assert list(table["text"]) == [say_reading(rung.reading) for rung in rungs]
    assert NOT_READ in set(table["text"])  # strong noise leaves nothing to read
    assert table.loc[0, ["symbols_right", "plate_right"]].tolist() == [1.0, 1.0]
    noisy = [draw[1].num_right / 7 for draw in draws]
    assert table.loc[[1, 3], "symbols_right"].tolist() == noisy
    pd.testing.assert_frame_equal(
        average_draws(table)[["strength", "symbols_right", "plate_right"]],
        pd.DataFrame(
            {
                "strength": [0.0, 0.5],
                "symbols_right": [1.0, sum(noisy) / 2],
                "plate_right": [1.0, 0.0],
            }
        ),
    )
