import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lpr_core.plates.format import SEVEN, PlateFormat
from lpr_core.serving.bundle import BundleError, read_bundle, read_card, write_card
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.reader import (
    BATCH_SIZE,
    PlateReading,
    Reader,
    SlotReading,
    average_views,
)
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

PADDED = PlateFormat(name="padded", slots=6, alphabet="_0123456789ABCDEF", pad="_")
TEXTS = ["ABC1234", "1234BCD", "AB123CD", "0000000", "ZZZZZZZ"]


@pytest.fixture(scope="module")
def bundle_dir(tmp_path_factory):
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="module")
def reader(bundle_dir):
    return Reader.load(bundle_dir)


def reader_with(tmp_path, plate_format=SEVEN, **card):
    return Reader.load(write_tiny_bundle(tmp_path / "other", plate_format, **card))


@pytest.mark.parametrize("text", TEXTS)
def test_sure_plate_is_read(reader, text):
    reading = reader.read(draw_tiny_plate(text))
    assert reading.text.replace("O", "0") == text
    assert reading.doubtful_text == reading.text
    assert reading.confidence > 0.95
    assert [slot.symbol for slot in reading.slots] == list(reading.text)
    assert reading.reader_version == reader.version


def test_version_names_reader_and_model(reader, bundle_dir):
    assert reader.version == f"tiny-{read_bundle(bundle_dir).card.model_sha256[:8]}"
    assert reader.plate_format == SEVEN


def test_doubtful_slots_become_question_marks(reader):
    reading = reader.read(draw_tiny_plate("ABC1234", doubtful={0, 5}))
    assert reading.doubtful_text == "?BC12?4"
    assert [slot.doubtful for slot in reading.slots] == [True, *[False] * 4, True, False]
    assert reading.confidence < reader.read(draw_tiny_plate("ABC1234")).confidence


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.0, "ABC1234"), (0.5, "ABC1234"), (1.0, "???????")]
)
def test_threshold_of_the_card_decides(tmp_path, threshold, expected):
    reader = reader_with(tmp_path, doubtful_below=threshold)
    assert reader.read(draw_tiny_plate("ABC1234", doubtful={1})).doubtful_text == expected


def test_alternatives_are_ranked_and_begin_with_the_symbol(reader):
    slot = reader.read(draw_tiny_plate("ABC1234", doubtful={1})).slots[1]
    symbols, probabilities = zip(*slot.alternatives, strict=True)
    assert symbols[:2] == ("B", "C")
    assert len(set(symbols)) == 5
    assert slot.alternatives[0] == (slot.symbol, slot.probability)
    assert list(probabilities) == sorted(probabilities, reverse=True)
    assert 0.99 < sum(probabilities) <= 1 + 1e-9


def test_letter_o_is_restored_in_text_and_slots(reader):
    reading = reader.read(draw_tiny_plate("QP0RSTU"[:3] + "1234"), region="br")
    assert reading.text == "QPO1234"
    assert reading.region == "br"
    assert reading.pattern is not None
    assert reading.slots[2].symbol == "O"
    assert reading.slots[2].alternatives[0][0] == "O"


def test_a_template_that_many_regions_share_names_none(reader):
    reading = reader.read(draw_tiny_plate("ABC1234"))
    assert (reading.pattern, reading.region) == ("LLLNNNN", None)
    reading = reader.read(draw_tiny_plate("ABC1234"), region="us-ny")
    assert reading.region == "us-ny"
    assert reading.pattern.startswith("New York")


def test_known_region_settles_a_doubt(reader):
    # Half way between 9 and A: a Brazilian plate begins with a letter.
    picture = draw_tiny_plate("9BC1234", doubtful={0})
    assert reader.read(picture, region="br").text == "ABC1234"


def test_unknown_region_is_refused(reader):
    with pytest.raises(ValueError, match="atlantis"):
        reader.read(draw_tiny_plate("ABC1234"), region="atlantis")


@pytest.mark.parametrize("text", ["ABCDEF", "12AB", "7"])
def test_short_plates_end_in_pads(tmp_path, text):
    reader = reader_with(tmp_path, PADDED)
    reading = reader.read(draw_tiny_plate(text, plate_format=PADDED))
    assert (reading.text, reading.doubtful_text) == (text, text)
    assert "".join(slot.symbol for slot in reading.slots) == text.ljust(6, "_")


def test_doubtful_end_of_a_short_plate_is_shown(tmp_path):
    reader = reader_with(tmp_path, PADDED)
    reading = reader.read(draw_tiny_plate("12AB", doubtful={4}, plate_format=PADDED))
    assert (reading.text, reading.doubtful_text) == ("12AB", "12AB?")


def test_temperature_softens_slots_and_keeps_the_text(tmp_path, reader):
    soft = reader_with(tmp_path, calibration=Calibration(temperature=3))
    picture = draw_tiny_plate("ABC1234", doubtful={3})
    before, after = reader.read(picture), soft.read(picture)
    assert after.text == before.text
    assert after.slots[3].probability < before.slots[3].probability
    assert after.confidence < before.confidence


def test_plate_map_moves_the_confidence_alone(tmp_path, reader):
    humble = reader_with(tmp_path, calibration=Calibration(plate_intercept=-2))
    picture = draw_tiny_plate("ABC1234")
    before, after = reader.read(picture), humble.read(picture)
    assert after.slots == before.slots
    assert after.confidence < before.confidence


@pytest.mark.parametrize("count", [0, 1, BATCH_SIZE, BATCH_SIZE + 1, 2 * BATCH_SIZE])
def test_batches_of_any_size_equal_single_readings(reader, count):
    pictures = [
        draw_tiny_plate(TEXTS[index % len(TEXTS)], scale=1 + index % 4) for index in range(count)
    ]
    readings = reader.read_batch(pictures)
    assert readings == [reader.read(picture) for picture in pictures]
    assert reader.predict_batch(pictures).shape == (count, 7, 35)


def test_picture_is_not_changed(reader):
    picture = draw_tiny_plate("ABC1234")
    before = picture.copy()
    reader.read(picture)
    np.testing.assert_array_equal(picture, before)


def test_reading_survives_json():
    slot = SlotReading("A", 0.75, (("A", 0.75), ("4", 0.25)), True)
    reading = PlateReading("A", "?", 0.5, (slot,), "pattern", "br", "tiny-01234567")
    assert (
        json.loads(json.dumps(reading.to_dict()))
        == reading.to_dict()
        == {
            "text": "A",
            "doubtful_text": "?",
            "confidence": 0.5,
            "slots": [
                {
                    "symbol": "A",
                    "probability": 0.75,
                    "alternatives": [["A", 0.75], ["4", 0.25]],
                    "doubtful": True,
                }
            ],
            "pattern": "pattern",
            "region": "br",
            "reader_version": "tiny-01234567",
            "readable_from": 0.5,
        }
    )


def test_threads_share_one_reader(bundle_dir, monkeypatch):
    from lpr_core.serving import reader as module

    opened = []
    original = module.open_session
    monkeypatch.setattr(
        module, "open_session", lambda *arguments: opened.append(1) or original(*arguments)
    )
    reader = Reader.load(bundle_dir)
    assert opened == []  # nothing is opened before the first read
    pictures = [draw_tiny_plate(text) for text in TEXTS] * 8
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(reader.read, pictures))
    assert readings == reader.read_batch(pictures)
    assert opened == [1]


def test_default_bundle_is_the_one_of_the_environment(bundle_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_READER", str(bundle_dir))
    assert Reader.load().card.name == "tiny"
    monkeypatch.setenv("LPR_READER", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="none"):
        Reader.load()


def test_damaged_bundle_is_refused_at_loading(tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny")
    (bundle_dir / "model.onnx").write_bytes(b"")
    with pytest.raises(BundleError, match="checksum"):
        Reader.load(bundle_dir)


def test_reading_imports_no_training_framework(bundle_dir):
    code = f"""
import sys
from pathlib import Path
import numpy as np
from lpr_core.serving import Reader
Reader.load(Path({str(bundle_dir)!r})).read(np.zeros((8, 28, 3), np.uint8))
print(sorted({{"keras", "tensorflow", "jax", "torch", "tf2onnx", "onnx"}} & set(sys.modules)))
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (finished.stdout.strip(), finished.returncode) == ("[]", 0)


def test_views_are_averaged_on_the_log_scale():
    sure, torn = np.float32([[0.98, 0.01, 0.01]]), np.float32([[0.02, 0.49, 0.49]])
    together = average_views([sure, torn])
    np.testing.assert_allclose(together.sum(axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(together, [[0.5, 0.25, 0.25]], atol=0.01)
    np.testing.assert_allclose(average_views([sure, sure]), sure, atol=1e-6)


def test_a_view_alone_does_not_rule_a_symbol_out():
    none, half = np.float32([[0.0, 1.0]]), np.float32([[0.999, 0.001]])
    assert np.isfinite(average_views([none, half])).all()


def test_margins_change_what_the_model_sees(tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny")
    picture = draw_tiny_plate("ABC1234")
    plain = Reader.load(bundle_dir).predict_batch([picture])
    write_card(bundle_dir, read_card(bundle_dir).model_copy(update={"margins": (0.0, 0.2)}))
    both = Reader.load(bundle_dir).predict_batch([picture])
    write_card(bundle_dir, read_card(bundle_dir).model_copy(update={"margins": (0.2,)}))
    wide = Reader.load(bundle_dir).predict_batch([picture])
    assert not np.array_equal(plain, wide)
    np.testing.assert_allclose(both, average_views([plain, wide]), atol=1e-6)


def test_the_surest_view_decides_and_sure_pictures_are_seen_once(tmp_path, monkeypatch):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny", margins=(0.0, 0.2, -0.1), decide_by="surest")
    sure, doubtful = draw_tiny_plate("ABC1234"), draw_tiny_plate("ABC1234", doubtful=range(7))
    reader = Reader.load(bundle_dir)
    looked = []
    plain = reader._predict_view
    monkeypatch.setattr(
        reader,
        "_predict_view",
        lambda pictures, margin: looked.append((len(pictures), margin)) or plain(pictures, margin),
    )
    said = reader.predict_batch([sure, doubtful])
    assert looked == [(2, 0.0), (1, 0.2), (1, -0.1)]
    np.testing.assert_array_equal(said[0], plain([sure], 0.0)[0])
    views = [plain([doubtful], margin)[0] for margin in (0.0, 0.2, -0.1)]
    surest = max(views, key=lambda view: view.max(axis=1).prod())
    np.testing.assert_array_equal(said[1], surest)


def test_one_view_is_the_surest(tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny", decide_by="surest")
    doubtful = draw_tiny_plate("ABC1234", doubtful=range(7))
    reader = Reader.load(bundle_dir)
    np.testing.assert_array_equal(
        reader.predict_batch([doubtful]), reader._predict_view([doubtful], 0.0)
    )
