"""Strangers' pictures are decoded in a process that neither hangs nor takes others along."""

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from lpr_core.labels import LabelStore
from lpr_core.labels.intake import take_in
from lpr_core.pictures import apart
from lpr_core.pictures.apart import Decoder, read_picture_apart
from lpr_core.pictures.decoding import PictureError, read_picture
from tests.kit.label_samples import picture_bytes

ANSWERS_LATE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: 0)
time.sleep(15)
sys.stdout.buffer.write((17).to_bytes(8, "big") + b'{"error": "late"}')
"""
HANGS = [sys.executable, "-c", ANSWERS_LATE]
CRASHES = [sys.executable, "-c", "import os; os.abort()"]
LIES = [sys.executable, "-c", "import os; os.write(1, b'\\xff' * 64)"]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def decoder():
    made = Decoder()
    yield made
    made.close()


def test_the_same_picture_comes_as_from_within(decoder):
    for content in (picture_bytes(1), picture_bytes(2, kind="JPEG")):
        np.testing.assert_array_equal(decoder.decode(content), read_picture(content))


@pytest.mark.parametrize("content", [b"", b"no picture", picture_bytes()[:60]])
def test_what_is_no_picture_is_said_in_the_same_words(decoder, content):
    with pytest.raises(PictureError) as inside:
        read_picture(content)
    with pytest.raises(PictureError) as outside:
        decoder.decode(content)
    assert str(outside.value) == str(inside.value)


def test_a_decoder_that_hangs_is_ended():
    hanging = Decoder(0.5, HANGS)
    large = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(large, "PNG")  # more than a pipe holds
    for content in (picture_bytes(), large.getvalue()):
        process = hanging._start()
        with pytest.raises(PictureError, match="takes longer to decode than 0"):
            hanging.decode(content)
        assert not is_alive(process.pid)


@pytest.mark.parametrize("command", [CRASHES, LIES])
def test_a_decoder_that_crashes_takes_nothing_along(command):
    with pytest.raises(PictureError, match="its decoder crashed"):
        Decoder(60, command).decode(picture_bytes())


def test_the_picture_after_a_bad_one_is_read(decoder):
    decoder.decode(picture_bytes())
    decoder._process.kill()
    decoder._process.wait()
    assert decoder.decode(picture_bytes()).shape == (20, 60, 3)


def test_pictures_side_by_side_are_not_mixed_up():
    contents = [picture_bytes(seed) for seed in range(12)]
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(read_picture_apart, contents))
    for content, picture in zip(contents, read, strict=True):
        np.testing.assert_array_equal(picture, read_picture(content))
    assert len(apart._decoders._all) <= apart.MAX_DECODERS


def test_store_and_intake_outlive_a_decoder_that_hangs(tmp_path, monkeypatch):
    hanging = Decoder(0.3, HANGS)
    monkeypatch.setattr(apart._decoders, "decode", hanging.decode)
    (tmp_path / "hangs.png").write_bytes(picture_bytes())
    store = LabelStore(data_dir=tmp_path / "data")
    with pytest.raises(PictureError, match="takes longer"):
        store.add_picture(picture_bytes(), "hangs.png")
    (row,) = take_in(store, [tmp_path / "hangs.png"]).rows
    assert "takes longer" in row.sentence
    assert store.search().total == 0
    store.close()
