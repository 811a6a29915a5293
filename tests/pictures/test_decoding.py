import io
import os

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.pictures.decoding import (
    MAX_BYTES,
    MAX_PIXELS,
    PictureError,
    add_margin,
    fit_picture,
    measure_picture,
    read_picture,
)
from tests.kit.bad_pictures import make_picture, make_png, make_tiff

# Four flat quarters: red, green / blue, white. Flat so that JPEG keeps them.
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
QUARTERS = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8).repeat(16, 0).repeat(24, 1)


def encode(picture, kind, **options) -> bytes:
    stream = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(stream, kind, **options)
    return stream.getvalue()


def middles(picture) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters, row by row."""
    height, width = picture.shape[:2]
    return [
        tuple(int(v) for v in picture[y, x])
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WebP", {"lossless": True})],
)
def test_lossless_kinds_come_back_exactly(kind, options):
    noise = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
    np.testing.assert_array_equal(read_picture(encode(noise, kind, **options)), noise)


@pytest.mark.parametrize("kind", ["JPEG", "WebP"])
def test_lossy_kinds_come_back_nearly(kind):
    read = read_picture(encode(QUARTERS, kind, quality=95))
    np.testing.assert_allclose(np.array(middles(read)), [RED, GREEN, BLUE, WHITE], atol=3)


def test_result_belongs_to_the_caller():
    picture = read_picture(make_picture("PNG"))
    picture[:] = 0
    assert picture.dtype == np.uint8


def test_name_does_not_matter(tmp_path):
    path = tmp_path / "photo.gif"
    path.write_bytes(encode(QUARTERS, "PNG"))
    np.testing.assert_array_equal(read_picture(path), QUARTERS)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_tiff_compressions(compression):
    read = read_picture(encode(QUARTERS, "TIFF", compression=compression))
    np.testing.assert_allclose(np.array(middles(read)), [RED, GREEN, BLUE, WHITE], atol=3)


# What a camera stores for an upright scene, by orientation: the inverse of the turn to apply.
STORED = {
    1: QUARTERS,
    2: QUARTERS[:, ::-1],
    3: QUARTERS[::-1, ::-1],
    4: QUARTERS[::-1],
    5: QUARTERS.transpose(1, 0, 2),
    6: np.rot90(QUARTERS),
    7: QUARTERS[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(QUARTERS, -1),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation_is_applied(kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if kind == "WebP" else {}
    content = encode(np.ascontiguousarray(STORED[orientation]), kind, exif=exif, **options)
    picture = read_picture(content)
    assert picture.shape == QUARTERS.shape
    np.testing.assert_allclose(np.array(middles(picture)), [RED, GREEN, BLUE, WHITE], atol=3)


@pytest.mark.parametrize(
    "block", [b"", b"II*\0\xff\xff\xff\xff", b"nonsense", b"MM\0*\0\0\0\x08\xff"]
)
def test_damaged_exif_leaves_the_picture_as_it_is(block):
    np.testing.assert_array_equal(read_picture(encode(QUARTERS, "PNG", exif=block)), QUARTERS)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("WebP", {"lossless": True}), ("TIFF", {}), ("MPO", {"quality": 95})],
)
def test_first_of_several_frames_is_read(kind, options):
    others = [Image.new("RGB", (48, 32), "black")] * 2
    content = encode(QUARTERS, kind, save_all=True, append_images=others, **options)
    read = read_picture(content)
    np.testing.assert_allclose(np.array(middles(read)), [RED, GREEN, BLUE, WHITE], atol=3)


GREYS = np.array([[0, 64], [128, 255]], np.uint8).repeat(16, 0).repeat(24, 1)


def rgb(grey: np.ndarray) -> np.ndarray:
    return np.stack([grey] * 3, axis=2)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_from_the_full_range(kind):
    content = encode(GREYS.astype(np.uint16) * 257, kind)
    np.testing.assert_array_equal(read_picture(content), rgb(GREYS))


def test_sixteen_bit_colours_by_another_encoder():
    deep = QUARTERS.astype(np.uint16)[..., ::-1] * 257
    content = cv2.imencode(".png", deep)[1].tobytes()
    np.testing.assert_array_equal(read_picture(content), QUARTERS)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ((GREYS / np.float32(255)), GREYS),  # floats within 0..1
        (GREYS.astype(np.float32) * 10 - 500, GREYS),  # floats beyond: their own range
        (GREYS.astype(np.int32) * 257, GREYS),  # integers within 16 bits
        (GREYS.astype(np.int32) * 100_000, GREYS),  # integers beyond: their own range
        (np.full((32, 48), 0.5, np.float32), np.full((32, 48), 128, np.uint8)),  # flat
        (np.full((32, 48), np.nan, np.float32), np.zeros((32, 48), np.uint8)),
    ],
)
def test_samples_of_32_bits(samples, expected):
    np.testing.assert_allclose(read_picture(encode(samples, "TIFF")), rgb(expected), atol=1)


def test_infinite_samples_are_black_and_the_rest_keeps_its_range():
    samples = GREYS / np.float32(255)
    samples[0, 0] = np.inf
    np.testing.assert_array_equal(read_picture(encode(samples, "TIFF")), rgb(GREYS))


@pytest.mark.parametrize(
    ("stored", "changes", "grey"),
    [
        (b"\xff\xff", {258: 16}, 255),
        (b"\xff\xff", {258: 16, 262: 0}, 0),  # white is zero
        (b"\x00\x80", {258: 16, 262: 0}, 127),
    ],
)
def test_sixteen_bit_tiff_samples(stored, changes, grey):
    content = make_tiff(width=16, height=8, changes=changes, pixels=stored * 128)
    np.testing.assert_array_equal(read_picture(content), np.full((8, 16, 3), grey, np.uint8))


def test_twelve_bit_tiff_samples_have_their_own_full_range():
    content = make_tiff(width=16, height=8, changes={258: 12}, pixels=b"\xff" * 192)
    np.testing.assert_array_equal(read_picture(content), np.full((8, 16, 3), 255, np.uint8))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        (kind, mode)
        for kind, modes in {
            "PNG": ["1", "L", "LA", "P", "RGB", "RGBA"],
            "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"],
            "JPEG": ["L", "RGB", "CMYK"],
            "BMP": ["1", "L", "P", "RGB", "RGBA"],
            "WebP": ["RGB", "RGBA"],
        }.items()
        for mode in modes
    ],
)
def test_modes_become_rgb(kind, mode):
    black_and_white = Image.fromarray(
        np.array([[0, 255], [255, 0]], np.uint8).repeat(16, 0).repeat(16, 1)
    )
    picture = read_picture(encode(black_and_white.convert("RGB").convert(mode), kind))
    black, white = (0, 0, 0), (255, 255, 255)
    assert picture.shape == (32, 32, 3)
    np.testing.assert_allclose(np.array(middles(picture)), [black, white, white, black], atol=4)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WebP"])
def test_transparency_lies_on_white(kind):
    layer = np.dstack([np.zeros((32, 48, 3), np.uint8), GREYS])  # black, more and more solid
    options = {"lossless": True, "exact": True} if kind == "WebP" else {}
    picture = read_picture(encode(layer, kind, **options))
    np.testing.assert_allclose(picture, rgb(255 - GREYS), atol=1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_transparent_colour_lies_on_white(mode):
    black = Image.new("RGB", (16, 16)).convert(mode)
    transparent = (0, 0, 0) if mode == "RGB" else black.getpixel((0, 0))
    picture = read_picture(encode(black, "PNG", transparency=transparent))
    np.testing.assert_array_equal(picture, np.full((16, 16, 3), 255, np.uint8))


def test_lab_colours_become_rgb():
    white = encode(Image.new("LAB", (16, 16), (255, 128, 128)), "TIFF")
    np.testing.assert_allclose(read_picture(white), 255, atol=2)


def test_the_largest_picture_is_read():
    assert read_picture(make_png(MAX_PIXELS // 5000, 5000)).shape == (5000, 6000, 3)


def test_bytes_behind_the_picture_are_ignored():
    content = encode(QUARTERS, "PNG")
    padded = content + bytes(MAX_BYTES - len(content))
    np.testing.assert_array_equal(read_picture(padded), QUARTERS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PictureError, match=r"^There is no file '.*plate\.jpg'\.$"):
        read_picture(tmp_path / "plate.jpg")


def test_folders_and_pipes_are_no_files(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(PictureError, match=rf"^'.*{name}' is not a file; .*\.$"):
            read_picture(tmp_path / name)


def test_an_unreadable_file_is_named(tmp_path, monkeypatch):
    path = tmp_path / "plate.jpg"
    path.write_bytes(make_picture("JPEG"))

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PictureError, match=r"^The file '.*' cannot be read: Permission denied\.$"):
        read_picture(path)


@pytest.mark.parametrize("name", ["x" * 5000, "two\nlines.jpg"])
def test_an_impossible_path_is_one_sentence(tmp_path, name):
    with pytest.raises(PictureError, match=r"^[^\n]+\.$"):
        read_picture(tmp_path / name)


def test_a_file_on_disk_is_refused_like_its_bytes(tmp_path):
    for content in (b"", bytes(MAX_BYTES + 1), b"<html>", make_picture("JPEG")[:1000]):
        path = tmp_path / "plate.jpg"
        path.write_bytes(content)
        with pytest.raises(PictureError) as from_bytes:
            read_picture(content)
        with pytest.raises(PictureError) as from_path:
            read_picture(path)
        assert str(from_path.value) == str(from_bytes.value)


def test_no_pillow_setting_is_changed():
    before = (Image.MAX_IMAGE_PIXELS, dict(Image.OPEN))
    read_picture(make_picture("PNG"))
    assert (Image.MAX_IMAGE_PIXELS, dict(Image.OPEN)) == before


def test_fit_shrinks_by_area():
    stripes = np.zeros((40, 80, 3), np.uint8)
    stripes[:, ::2] = 200
    np.testing.assert_array_equal(fit_picture(stripes, 20, 40), np.full((20, 40, 3), 100, np.uint8))


def test_fit_stretches_linearly():
    edge = np.array([[[0] * 3, [200] * 3]], np.uint8)  # (1, 2, 3)
    np.testing.assert_array_equal(fit_picture(edge, 1, 4)[0, :, 0], [0, 50, 150, 200])


def test_fit_treats_each_axis_by_itself():
    """Stripes shrink by area although the height grows: no stripe survives."""
    stripes = np.zeros((16, 384, 3), np.uint8)
    stripes[:, ::2] = 200
    np.testing.assert_array_equal(
        fit_picture(stripes, 64, 192), np.full((64, 192, 3), 100, np.uint8)
    )


@settings(deadline=None, max_examples=50)
@given(*[st.integers(1, 60)] * 4)
def test_fit_gives_any_size_and_keeps_flat_colour(height, width, new_height, new_width):
    flat = np.full((height, width, 3), (10, 20, 250), np.uint8)
    before = flat.copy()
    fitted = fit_picture(flat, new_height, new_width)
    np.testing.assert_array_equal(
        fitted, np.full((new_height, new_width, 3), (10, 20, 250), np.uint8)
    )
    np.testing.assert_array_equal(flat, before)


def test_fit_to_the_same_size_is_a_copy():
    fitted = fit_picture(QUARTERS, 32, 48)
    np.testing.assert_array_equal(fitted, QUARTERS)
    assert not np.shares_memory(fitted, QUARTERS)


@pytest.mark.parametrize(
    "picture",
    [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3), np.float32)],
)
def test_fit_refuses_other_arrays(picture):
    with pytest.raises(ValueError, match=r"must be \(H, W, 3\) uint8. Received: \(8, 8"):
        fit_picture(picture, 4, 4)


def test_a_margin_repeats_the_edge_and_keeps_the_middle():
    picture = np.arange(10 * 20 * 3, dtype=np.uint8).reshape(10, 20, 3)
    before = picture.copy()
    wider = add_margin(picture, 0.1)
    assert wider.shape == (12, 24, 3)
    np.testing.assert_array_equal(wider[1:-1, 2:-2], picture)
    np.testing.assert_array_equal(wider[0, 2:-2], picture[0])
    np.testing.assert_array_equal(add_margin(picture, 0), picture)
    rows, columns = round(0.1 * picture.shape[0]), round(0.1 * picture.shape[1])
    cut = add_margin(picture, -0.1)
    np.testing.assert_array_equal(cut, picture[rows:-rows, columns:-columns])
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize(("orientation", "size"), [(1, (48, 96)), (3, (48, 96)), (6, (96, 48))])
def test_a_picture_is_measured_as_people_see_it(tmp_path, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    path.write_bytes(make_picture("JPEG", exif=exif))
    assert measure_picture(path) == read_picture(path).shape[:2] == size


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.ppm: The file is empty."),
        (b"P6 96 48 300000\n", "a.ppm: The PPM picture is damaged or cut off."),
        (b"P6 9600 4800 255\n", "a.ppm: The PPM picture has 9600 x 4800 pixels; at most 30 mega"),
    ],
)
def test_what_cannot_be_measured_is_named(tmp_path, content, sentence):
    path = tmp_path / "a.ppm"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=sentence):
        measure_picture(path)


def test_the_pictures_of_data_sets_are_read_in_ppm_too():
    whole = make_picture("PPM")
    assert read_picture(whole).shape == (48, 96, 3)
    with pytest.raises(PictureError, match=r"The PPM picture is damaged or cut off\."):
        read_picture(whole[:-5])
