"""Plates of any length, in one row or two, and photos of photos."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from lpr_core.synthesis import PlateOrder, draw_any_plate, generate_plates, rephotograph
from lpr_core.synthesis.draw import draw_design
from lpr_core.synthesis.kinds.plate_design import BLACK, WHITE, PlateDesign, Scheme
from lpr_core.synthesis.kinds.world import WORLD

LAYOUTS = [(design, layout) for design in WORLD for layout in design.layouts]


def test_every_layout_has_three_to_ten_symbols_in_one_row_or_two():
    assert len(WORLD) > 60
    for _, layout in LAYOUTS:
        symbols = re.sub(r"[/._\-'cs]", "", layout)
        assert re.fullmatch("[A-Z]{3,10}", symbols), layout
        assert layout.count("/") <= 1


def test_every_length_and_both_numbers_of_rows_are_drawn():
    rng = np.random.default_rng(0)
    plates = [draw_any_plate(rng) for _ in range(300)]
    lengths = Counter(len(plate.text) for plate in plates)
    assert {4, 5, 6, 7, 8, 9, 10} <= set(lengths)
    assert lengths[7] < 150  # or a reader learns to say seven
    assert 30 < sum(plate.rows == 2 for plate in plates) < 120
    assert all(plate.picture.dtype == np.uint8 for plate in plates)


def test_equal_seeds_give_equal_plates():
    first, second, other = (draw_any_plate(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first.text, first.rows) == (second.text, second.rows)
    np.testing.assert_array_equal(first.picture, second.picture)
    assert first.text != other.text


def test_the_upper_row_comes_first():
    design = PlateDesign(
        "",
        ("XY/NNNN",),
        (1.6, 1.6),
        (Scheme(WHITE, BLACK),),
        ("strokes",),
        (0.35, 0.35),
        (0.3, 0.3),
    )
    plate = draw_design(design, np.random.default_rng(3))
    assert plate.rows == 2
    assert re.fullmatch(r"XY\d{4}", plate.text)
    dark = plate.picture.mean(axis=(1, 2))
    height = len(dark)
    top, gap, bottom = (dark[int(height * y)] for y in (0.3, 0.5, 0.7))
    assert top < gap
    assert bottom < gap


def test_orders_of_any_length_tell_the_rows(tmp_path):
    path = generate_plates(PlateOrder((), 12, 5, None, any_length=True), tmp_path / "one", jobs=1)
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(rows) == ["image_path", "plate_text", "plate_region", "rows"]
    assert set(rows["rows"]) <= {"1", "2"}
    again = generate_plates(PlateOrder((), 12, 5, None, any_length=True), tmp_path / "two", jobs=1)
    assert again.read_text() == path.read_text()


def test_an_order_of_any_length_names_no_region():
    with pytest.raises(ValueError, match="`regions` must be empty"):
        PlateOrder(("br",), 1, 0, any_length=True)


@pytest.mark.parametrize("severity", [0.0, 1.0])
@pytest.mark.parametrize("shape", [(30, 90, 3), (200, 640, 3), (90, 100, 3)])
def test_photos_of_photos(severity, shape):
    crop = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    before = crop.copy()
    first, again, other = (
        rephotograph(crop, np.random.default_rng(seed), severity, (64, 192)) for seed in (1, 1, 2)
    )
    assert (first.shape, first.dtype) == ((64, 192, 3), np.uint8)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(crop, before)


def test_a_photo_of_a_photo_shows_the_same_place():
    crop = np.tile(np.linspace(0, 255, 192).astype(np.uint8)[None, :, None], (64, 1, 3))
    turned = [
        rephotograph(crop, np.random.default_rng(seed), 0.3, (64, 192)).mean(axis=(0, 2))
        for seed in range(20)
    ]
    # Darker at the left; brighter there only where the camera inverts.
    rising = [np.corrcoef(row, np.arange(192))[0, 1] for row in turned]
    assert np.mean(np.array(rising) > 0.5) > 0.7
