"""Plates that are redacted are gone: from the pixels, from the file, for our own reader."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.pictures.decoding import read_picture
from lpr_core.serving.pipeline import Pipeline
from lpr_core.serving.redact import count_plates, redact_photo, save_redacted
from lpr_core.synthesis.scenes import SceneOptions, draw_scene
from tests.serving.test_pipeline import FakeFinder, FakeReader, box, photo


class SeeingFinder:
    """Finds red plates: what is far redder than the grey around."""

    def find(self, picture):
        rows, columns = np.nonzero(np.abs(picture[..., 0].astype(int) - 120) > 15)
        if not len(rows):
            return []
        return [box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]


def redact(picture, *found):
    return redact_photo(picture, Pipeline(FakeFinder(*found), FakeReader()))


def test_no_pixel_of_a_symbol_is_left_and_the_rest_stays():
    picture = photo()
    rng = np.random.default_rng(0)
    picture[50:80, 100:180] = rng.integers(0, 2, (30, 80, 1)) * 255
    before = picture.copy()
    redacted = redact_photo(picture, Pipeline(SeeingFinder(), FakeReader()))
    assert (picture == before).all()
    inside = redacted.picture[50:80, 100:180].astype(float)
    assert inside.std(axis=(0, 1)).max() < 12  # of 127 before
    assert (redacted.picture[:40] == before[:40]).all()
    assert (redacted.picture[:, 200:] == before[:, 200:]).all()
    assert len(redacted.plates) >= 1


def test_a_plate_at_the_rim_and_one_without_corners():
    redacted = redact(photo(), box(-5, -5, 60, 20), box(380, 190, 410, 220, corners=False))
    assert redacted.picture.shape == (200, 400, 3)


def test_a_photo_without_a_plate_stays_as_it_is():
    picture = photo()
    redacted = redact_photo(picture, Pipeline(SeeingFinder(), FakeReader()))
    assert (redacted.picture == picture).all()
    assert (redacted.plates, redacted.still_found) == ((), 0)


def test_a_crop_of_one_plate_goes_whole():
    picture = np.full((40, 120, 3), 95, np.uint8)
    picture[10:30, 10:110:4] = 90
    redacted = redact_photo(picture, Pipeline(None, FakeReader()))
    assert redacted.picture.astype(float).std(axis=(0, 1)).max() < 1
    assert len(redacted.plates) >= 1


def test_the_file_says_nothing_else_and_the_original_stays(tmp_path):
    source = tmp_path / "in" / "car.JPG"
    source.parent.mkdir()
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.fromarray(photo()).save(source, format="JPEG", exif=exif, comment=b"secret")
    original = source.read_bytes()
    redacted = redact(read_picture(source), box(100, 50, 180, 80))
    path = save_redacted(redacted, source, tmp_path / "out")
    assert path.name == "car.jpg"
    with Image.open(path) as written:
        assert not written.getexif()
        assert "comment" not in written.info
    with pytest.raises(ValueError, match="the originals stay"):
        save_redacted(redacted, path, path.parent)
    assert source.read_bytes() == original
    assert count_plates([redacted])["photos"] == 1


def test_our_own_networks_read_nothing_afterwards(tmp_path):
    """Drawn scenes through the shipped finder and reader, by the command."""
    options = SceneOptions(size=(384, 384))
    folder = tmp_path / "photos" / "sub"
    folder.mkdir(parents=True)
    wanted = 0
    for seed in range(6):
        scene = draw_scene(np.random.default_rng(seed), options)
        wanted += len(scene.boxes)
        Image.fromarray(scene.picture).save(folder / f"{seed}.png")
    (folder / "none.jpg").write_bytes(b"no picture")
    arguments = ["redact", str(tmp_path / "photos"), "--out", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1  # for the one that is no picture
    rows = json.loads(result.stdout)["photos"]
    done = [row for row in rows if "error" not in row]
    assert len(done) == 6
    assert wanted
    assert sum(row["plates"] for row in done) >= 1
    assert sum(row["still_read"] for row in done) == 0
    assert (tmp_path / "out" / "sub" / "0.png").is_file()


def test_no_photo_at_all_is_a_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, ["redact", str(tmp_path / "empty"), "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no photo to redact" in result.output
