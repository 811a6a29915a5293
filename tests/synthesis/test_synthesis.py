"""Drawn plates: legible texts, repeatable randomness, files that a manifest describes."""

import re
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lpr_core.synthesis import PlateOrder, draw_plate, generate_plates, list_designs, photograph
from lpr_core.synthesis.draw import PLATE_WIDTH
from lpr_core.synthesis.lettering import STROKES, draw_symbol, list_fonts, pick_lettering
from lpr_core.synthesis.ornaments import draw_low_slots
from lpr_core.synthesis.strokes import StrokeStyle, draw_stroke_glyph

SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REGIONS = sorted({design.region for design in list_designs()})
# The same letter form on real plates, or (I, 1) alike but for a flag.
LOOK_ALIKES = {frozenset("0O")}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_regions_that_people_asked_for_have_designs():
    asked = {"br", "ar", "es", "fr", "it", "be", "sk", "cz", "de", "gb"}
    assert asked <= set(REGIONS)
    assert len([region for region in REGIONS if region.startswith("us-")]) >= 6


@pytest.mark.parametrize("region", REGIONS)
def test_a_plate_has_the_text_of_one_of_its_layouts(region):
    generator = rng(3)
    layouts = {layout for d in list_designs(region) for layout in d.layouts}
    classes = {"L": "[A-Z]", "N": "[0-9]", "A": "[A-Z0-9]"}
    patterns = ["".join(classes.get(sign, "") for sign in layout) for layout in layouts]
    for _ in range(5):
        plate = draw_plate(region, generator)
        assert any(re.fullmatch(pattern, plate.text) for pattern in patterns)
        assert len(plate.text) == 7
        assert plate.picture.dtype == np.uint8
        assert plate.picture.shape[1:] == (PLATE_WIDTH, 3)
        # Symbols stand out from their plate.
        assert plate.picture.std() > 8


def test_families_and_unknown_regions():
    assert {d.region[:2] for d in list_designs("us")} == {"us"}
    assert "br" not in {d.region for d in list_designs("eu")}
    assert list_designs() == list_designs(None)
    with pytest.raises(ValueError, match=r"`region` must be one of .*br.*Received: 'xx'"):
        draw_plate("xx", rng())


def test_both_pages_of_brazil_are_drawn():
    generator = rng(1)
    texts = [draw_plate("br", generator).text for _ in range(150)]
    old = sum(text[4].isdigit() for text in texts)
    assert 100 < old < 150


def test_equal_seeds_draw_equal_plates():
    first, second = draw_plate("fr", rng(5)), draw_plate("fr", rng(5))
    assert first.text == second.text
    np.testing.assert_array_equal(first.picture, second.picture)
    assert draw_plate("fr", rng(6)).text != first.text


@pytest.mark.parametrize("font", [STROKES, *list_fonts()])
def test_every_symbol_of_every_lettering_differs_from_the_others(font):
    lettering = replace(pick_lettering((font,), rng(2)), bare_one=False)
    masks = {s: cv2.resize(draw_symbol(s, lettering, 48), (32, 48)) / 255 for s in SYMBOLS}
    for index, one in enumerate(SYMBOLS):
        assert 0.05 < masks[one].mean() < 0.95, one
        for other in SYMBOLS[index + 1 :]:
            if frozenset((one, other)) not in LOOK_ALIKES:
                assert np.abs(masks[one] - masks[other]).mean() > 0.005, (font, one, other)


@pytest.mark.parametrize("font", [STROKES, "barlow-600"])
def test_a_bare_one_is_an_i(font):
    bare = replace(pick_lettering((font,), rng(2)), bare_one=True)
    np.testing.assert_array_equal(draw_symbol("1", bare, 48), draw_symbol("I", bare, 48))


def test_a_heavier_stroke_covers_more():
    thin = StrokeStyle(0.1, 0.8, 0.55, True, 1.0, 0)
    bold = StrokeStyle(0.17, 0.8, 0.55, True, 1.0, 0)
    assert draw_stroke_glyph("E", bold, 60).mean() > 1.3 * draw_stroke_glyph("E", thin, 60).mean()
    assert draw_stroke_glyph("E", thin, 60).shape == (60, 33)


def test_an_unknown_font_names_the_known_ones():
    from lpr_core.synthesis.lettering import draw_line

    with pytest.raises(ValueError, match=r"osp-din.*Received: 'comic'"):
        draw_line("SLOGAN", "comic", 10)


def test_a_photo_repeats_with_its_seed_and_leaves_the_plate_alone():
    plate = draw_plate("br", rng(1)).picture
    before = plate.copy()
    first = photograph(plate, rng(7), 0.8)
    np.testing.assert_array_equal(first, photograph(plate, rng(7), 0.8))
    assert not np.array_equal(first, photograph(plate, rng(8), 0.8))
    np.testing.assert_array_equal(plate, before)


@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
def test_photos_have_the_sizes_of_real_crops(severity):
    generator = rng(4)
    for _ in range(30):
        plate = draw_plate(None, generator).picture
        photo = photograph(plate, generator, severity)
        assert photo.dtype == np.uint8
        assert 45 <= photo.shape[1] <= 320
        assert photo.shape[0] >= 12
        assert photograph(plate, generator, severity, size=(64, 192)).shape == (64, 192, 3)


def test_gentle_photos_keep_more_of_the_plate_than_harsh_ones():
    plate = draw_plate("es", rng(9)).picture
    generator = rng(0)

    def sharpness(severity: float) -> float:
        photos = [photograph(plate, generator, severity, (64, 192)) for _ in range(40)]
        return float(np.median([cv2.Laplacian(p[..., 1], cv2.CV_64F).std() for p in photos]))

    contrast = {
        s: np.median([photograph(plate, generator, s).std() for _ in range(40)]) for s in (0.0, 1.0)
    }
    assert contrast[0.0] > 1.2 * contrast[1.0]
    assert sharpness(0.0) > sharpness(1.0)


@pytest.mark.parametrize("severity", [-0.1, 1.5])
def test_an_impossible_severity_is_refused(severity):
    with pytest.raises(ValueError, match=f"Received: {severity}"):
        photograph(np.zeros((40, 120, 3), np.uint8), rng(), severity)


def test_generated_files_match_their_manifest_and_do_not_depend_on_the_jobs(tmp_path):
    order = PlateOrder(("br", "us"), count=260, seed=3)
    seen = []
    one = generate_plates(
        order, tmp_path / "one", 1, lambda done, count: seen.append((done, count))
    )
    two = generate_plates(order, tmp_path / "two", 2)
    assert seen == [(250, 260), (260, 260)]
    assert one.read_text() == two.read_text()
    frame = pd.read_csv(one)
    assert list(frame.columns) == ["image_path", "plate_text", "plate_region"]
    assert len(frame) == 260
    for path in frame.image_path[::37]:
        content = (tmp_path / "one" / path).read_bytes()
        assert content == (tmp_path / "two" / path).read_bytes()
        with Image.open(tmp_path / "one" / path) as picture:
            assert picture.mode == "RGB"
    with pytest.raises(ValueError, match="must not hold a manifest yet"):
        generate_plates(order, tmp_path / "one", 1)


def test_clean_plates_are_not_photographed(tmp_path):
    manifest = generate_plates(PlateOrder(("be",), 3, 0, severity=None), tmp_path, 1)
    for path in pd.read_csv(manifest).image_path:
        with Image.open(tmp_path / path) as picture:
            assert picture.width == PLATE_WIDTH


def test_an_impossible_order_is_refused():
    with pytest.raises(ValueError, match=r"at least 1\. Received: 0"):
        PlateOrder(("br",), 0, 0)
    with pytest.raises(ValueError, match="Received: 'mars'"):
        PlateOrder(("mars",), 1, 0)


def test_low_slots_touch_the_feet_of_the_symbols_and_nothing_else():
    canvas = np.full((90, 288, 3), 200.0, np.float32)
    draw_low_slots(canvas, 70, rng(3))
    rows, columns = np.nonzero((canvas < 150).all(axis=2))
    assert 60 < rows.min() < 72
    assert rows.max() < 80
    assert columns.min() < 288 / 2 < columns.max()
    assert not ((columns > 115) & (columns < 173)).any()
