"""How the store keeps pictures: once, by their bytes, without what a camera wrote beside them."""

import hashlib
import io
import os
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from lpr_core.labels import pictures
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.rows import StoredPicture
from lpr_core.pictures.decoding import PictureError, read_picture
from lpr_core.pictures.likeness import hash_picture, write_hash
from tests.kit.label_samples import add_plate, picture_bytes

pytest_plugins = ["tests.kit.label_databases"]


def test_a_picture_is_known_by_the_hash_of_its_bytes(store):
    content = picture_bytes(1)
    picture_id = store.add_picture(content, "C:\\cars\\front.png")
    picture = store.history(picture_id).picture
    assert picture_id == hashlib.sha256(content).hexdigest()
    assert picture == StoredPicture(
        picture_id=picture_id,
        name="front.png",
        file_name=f"{picture_id[:2]}/{picture_id}.png",
        width=60,
        height=20,
        added_at=picture.added_at,
        phash=write_hash(hash_picture(read_picture(content))),
    )
    assert picture.added_at.tzinfo == UTC
    assert abs((datetime.now(UTC) - picture.added_at).total_seconds()) < 60


def test_pixels_are_stored_exactly(store):
    content = picture_bytes(2)
    stored_path = (
        store.pictures_dir / store.history(store.add_picture(content, "a")).picture.file_name
    )
    assert np.array_equal(read_picture(stored_path), read_picture(content))


def test_the_same_picture_is_stored_once(store):
    first = add_plate(store, seed=3, name="first.png")
    assert store.add_picture(picture_bytes(3), "second.png") == first
    assert store.history(first).picture.name == "first.png"
    assert len(list(store.pictures_dir.rglob("*.png"))) == 1


def test_a_lost_file_comes_back_with_the_next_upload(store):
    picture_id = add_plate(store, seed=3)
    path = store.pictures_dir / store.history(picture_id).picture.file_name
    path.unlink()
    assert store.add_picture(picture_bytes(3), "again.png") == picture_id
    assert path.exists()


def test_what_a_camera_wrote_beside_the_pixels_is_not_stored(store):
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    stream = io.BytesIO()
    Image.new("RGB", (60, 20), "navy").save(stream, "JPEG", exif=exif, comment=b"SECRET-NOTE")
    hidden = stream.getvalue() + b"<script>SECRET-TAIL</script>"
    assert hidden.count(b"SECRET") == 3
    picture_id = store.add_picture(hidden, "phone.jpg")
    stored = (store.pictures_dir / store.history(picture_id).picture.file_name).read_bytes()
    assert b"SECRET" not in stored


def test_a_picture_too_large_as_png_becomes_a_jpeg(store, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 20_000)
    picture_id = store.add_picture(picture_bytes(4, width=90, height=90), "noise.png")
    picture = store.history(picture_id).picture
    assert picture.file_name == f"{picture_id[:2]}/{picture_id}.jpg"
    assert read_picture(store.pictures_dir / picture.file_name).shape == (90, 90, 3)


def test_a_picture_too_large_in_any_form_is_refused(store, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 2_000)
    with pytest.raises(PictureError, match="too much detail"):
        store.add_picture(picture_bytes(4, width=90, height=90), "noise.png")


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG"])
def test_a_bad_picture_leaves_nothing_behind(store, content):
    with pytest.raises(PictureError):
        store.add_picture(content, "bad.png")
    assert store.search().total == 0
    assert not store.pictures_dir.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("a/b\\c.png", "c.png"), ("", "picture"), ("/", "picture")],
)
def test_a_name_never_brings_its_folders(store, name, kept):
    assert store.history(store.add_picture(picture_bytes(), name)).picture.name == kept


def test_old_drafts_are_swept_and_young_ones_kept(tmp_path):
    folder = tmp_path / "pictures" / "ab"
    folder.mkdir(parents=True)
    old, young, picture = folder / ".old.png.1", folder / ".new.png.2", folder / "abc.png"
    for path in (old, young, picture):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    os.utime(picture, (0, 0))
    LabelStore(data_dir=tmp_path).close()
    assert [path.exists() for path in (old, young, picture)] == [False, True, True]
