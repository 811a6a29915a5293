"""Boxes that are written in a format and read again are the same boxes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.data.formats.boxes import LabelledBox, LabelledPhoto, find_photos
from lpr_core.data.formats.boxes.coco import write_coco
from lpr_core.data.formats.boxes.manifest import write_manifest_boxes
from lpr_core.data.formats.boxes.voc import write_voc
from lpr_core.data.formats.boxes.yolo import write_yolo

SIZE = (90, 160)
NAMES = ("a", "b", "c")

edges = st.floats(0, 1, width=32)
words = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=9
)


@st.composite
def boxes(draw):
    x, y = draw(edges) * 150, draw(edges) * 80
    width, height = 1 + draw(edges) * (158 - x), 1 + draw(edges) * (88 - y)
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    has_corners = draw(st.booleans())
    text = draw(st.sampled_from(["", "AB1C23"]))
    return LabelledBox(x, y, width, height, draw(words), text, corners if has_corners else None)


photos = st.lists(st.lists(boxes(), max_size=3), min_size=3, max_size=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("brought")
    (top / "images").mkdir()
    for name in NAMES:
        Image.new("RGB", SIZE[::-1]).save(top / "images" / f"{name}.png")
    return top


WRITERS = {
    "coco": ("m.json", write_coco),
    "manifest": ("m.csv", write_manifest_boxes),
    "pascal-voc": (".", write_voc),
    "yolo": (".", write_yolo),
}


@pytest.mark.parametrize("layout", WRITERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many=photos)
def test_boxes_come_back(folder, layout, many):
    given_photos = [
        LabelledPhoto("", f"images/{name}.png", tuple(_without_twins(found)), size=SIZE)
        for name, found in zip(NAMES, many, strict=True)
    ]
    place, write = WRITERS[layout]
    write(given_photos, folder / place)
    back = find_photos(layout, folder / place)
    assert [photo.picture_path.stem for photo in back] == list(NAMES)
    for before, after in zip(given_photos, back, strict=True):
        assert [b.class_name for b in after.label.boxes] == [b.class_name for b in before.boxes]
        np.testing.assert_allclose(_edges(after.label.boxes), _edges(before.boxes), atol=2e-5)
        if layout != "yolo":
            assert [b.text for b in after.label.boxes] == [b.text for b in before.boxes]
        if layout in ("manifest", "yolo"):
            known = [b.corners is not None for b in before.boxes]
            assert [b.corners is not None for b in after.label.boxes] == known


def _without_twins(found):
    """A manifest has each box of a class once."""
    return {(b.class_name, *np.round(_edges([b])[0], 4)): b for b in found}.values()


def _edges(found):
    return np.array([(b.x, b.y, b.width, b.height) for b in found]).reshape(-1, 4)


@pytest.mark.parametrize("write", [write_coco, write_voc, write_yolo])
def test_a_size_that_is_not_known_is_asked_for(tmp_path, write):
    photo = LabelledPhoto("", "a.png", (LabelledBox(1, 2, 3, 4),))
    with pytest.raises(ValueError, match=r"the size of 'a\.png' must be known to write it"):
        write([photo], tmp_path / "m")


@pytest.mark.parametrize("write", [write_voc, write_yolo])
def test_two_photos_of_one_name_are_not_written_over_each_other(tmp_path, write):
    two = [LabelledPhoto("", name, (), size=SIZE) for name in ("a.png", "a.jpg")]
    with pytest.raises(ValueError, match=r"photos must differ .* 'a\.jpg'"):
        write(two, tmp_path)
    assert list(tmp_path.iterdir()) == []
