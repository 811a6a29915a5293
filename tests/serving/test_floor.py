"""The floor: under it fewer than half of the readings are right."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpr_core.pictures.decoding import read_picture
from lpr_core.plates.readable import DEFAULT_READABLE_FROM
from lpr_core.serving import Floor, fit_floor
from lpr_core.serving.bundle import CARD_FILE, read_bundle, read_card
from lpr_core.serving.reader import Reader
from tests.kit.places import REPOSITORY_DIR
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

DATA = REPOSITORY_DIR / "data"
SHIPPED, SAMPLES = DATA / "models/seven", DATA / "samples/images"


def floor_of(*readings) -> float:
    confidences, right = zip(*readings, strict=True)
    return fit_floor(np.array(confidences), np.array(right, bool)).readable_from


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        pytest.param([(0.3, 0), (0.8, 1)], 0.5, id="a gap that holds one half"),
        pytest.param([(0.6, 0), (0.8, 1)], 0.7, id="an overconfident reader: the gap's middle"),
        pytest.param([(0.1, 0), (0.2, 1), (0.4, 1)], 0.15, id="an underconfident reader"),
        pytest.param([(0.7, 1)] * 3, 0.5, id="all right: nothing is known of the wrong ones"),
        pytest.param([(0.9, 1), (0.2, 1)], 0.2 / 2, id="right though unsure"),
        pytest.param([(0.9, 0)] * 3, 0.95, id="always sure and wrong"),
        pytest.param([(0.1, 0)] * 3, 0.5, id="always wrong and says so"),
        pytest.param([(0.2, 0), (0.3, 1), (0.4, 0), (0.9, 1)], 0.5, id="two cuts as good"),
        pytest.param([(0.6, 0), (0.6, 0), (0.6, 1), (0.9, 1)], 0.75, id="equal confidences stay"),
        pytest.param([(0.0, 0)], 0.5, id="one reading, sure of nothing"),
        pytest.param([(1.0, 0)], 0.5, id="one reading, sure of all: no cut lies above it"),
    ],
)
def test_floors_by_hand(readings, expected):
    assert floor_of(*readings) == pytest.approx(expected)
    assert floor_of(*reversed(readings)) == floor_of(*readings)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60))
def test_no_other_cut_decides_more_readings_well(drawn):
    confidences, right = np.array([step / 20 for step, _ in drawn]), np.array([r for _, r in drawn])
    floor = fit_floor(confidences, right)

    def decided(cut):
        return int(((confidences >= cut) == right).sum())

    assert 0 <= floor.readable_from <= 1
    assert decided(floor.readable_from) == max(map(decided, [0, *np.arange(0.025, 1, 0.05)]))
    below = confidences < floor.readable_from
    assert (floor.num_below, floor.num_right_below) == (below.sum(), right[below].sum())
    assert floor.num_right_below <= floor.num_below / 2


def test_an_honest_reader_s_floor_lies_near_one_half():
    rng = np.random.default_rng(0)
    confidences = rng.random(20_000)
    right = rng.random(20_000) < confidences
    assert fit_floor(confidences, right).readable_from == pytest.approx(0.5, abs=0.04)
    boasting = fit_floor(np.sqrt(confidences), right).readable_from
    assert boasting == pytest.approx(np.sqrt(0.5), abs=0.04)


@pytest.mark.parametrize("shapes", [(0, 0), (2, 3)])
def test_a_floor_needs_readings(shapes):
    confidences, right = (np.zeros(count) for count in shapes)
    with pytest.raises(ValueError, match="at least one reading"):
        fit_floor(confidences, right.astype(bool))


def test_an_old_card_opens_with_the_default(tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "old")
    card = json.loads((bundle_dir / CARD_FILE).read_text())
    del card["floor"]
    (bundle_dir / CARD_FILE).write_text(json.dumps(card))
    assert read_card(bundle_dir).floor == Floor(readable_from=DEFAULT_READABLE_FROM)
    reading = Reader.load(bundle_dir).read(draw_tiny_plate("ABC1234"))
    assert (reading.readable_from, reading.is_readable) == (0.5, True)


def test_the_card_s_floor_decides_what_is_readable(tmp_path):
    picture = draw_tiny_plate("ABC1234")
    confidence = Reader.load(write_tiny_bundle(tmp_path / "first")).read(picture).confidence
    for readable_from, expected in [(confidence, True), (np.nextafter(confidence, 1), False)]:
        floor = Floor(readable_from=float(readable_from))
        reader = Reader.load(write_tiny_bundle(tmp_path / "second", floor=floor))
        assert reader.read(picture).is_readable is expected


def test_the_shipped_reader_reads_nothing_in_what_is_no_plate():
    reader = Reader(read_bundle(SHIPPED))
    floor = reader.card.floor
    assert floor.measured_on == "real-plates/validation"
    assert 2 * floor.num_right_below < floor.num_below
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (8, 64, 192, 3), dtype=np.uint8)
    blank = [np.full((64, 192, 3), grey, np.uint8) for grey in (0, 128, 255)]
    assert not any(reading.is_readable for reading in reader.read_batch([*noise, *blank]))
    plates = [read_picture(path) for path in sorted(SAMPLES.rglob("*.*"))]
    assert all(reading.is_readable for reading in reader.read_batch(plates))
