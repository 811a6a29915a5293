"""From a photo to its plates, with a finder and a reader that a test chooses."""

import json

import numpy as np
import pytest

from lpr_core.pictures.cuts import cut_quadrilateral
from lpr_core.serving.finding.finder import FoundBox
from lpr_core.serving.pipeline import PhotoReading, Pipeline, cut_boxed, cut_upright
from lpr_core.serving.reader import PlateReading

GREY = 120


class FakeFinder:
    """Finds what it was told."""

    def __init__(self, *found):
        self.found = list(found)

    def find(self, _picture):
        return self.found


class FakeReader:
    """Reads the mean red of a picture as text and confidence: 90 is "R90", 0.9 sure."""

    def __init__(self):
        self.views = []

    def predict_batch(self, pictures):
        self.views += pictures
        red = [picture[..., 0].mean() / 255 for picture in pictures]
        return np.array([[[share, 1 - share]] for share in red], np.float32)

    def decode(self, probabilities, region=None):
        red = round(float(probabilities[0][0]) * 255)
        confidence = red / 100 if red <= 100 else 0.0
        return PlateReading(f"R{red}", f"R{red}", confidence, (), None, region, "fake-1", 0.5)

    def read(self, picture, region=None):
        return self.decode(self.predict_batch([picture])[0], region)


def photo(*plates, size=(200, 400)):
    """A grey photo with flat plates `(left, top, right, bottom, red)`, some margin included."""
    picture = np.full((*size, 3), GREY, np.uint8)
    for left, top, right, bottom, red in plates:
        picture[top - 10 : bottom + 10, left - 20 : right + 20, 0] = red
    return picture


def box(left, top, right, bottom, score=0.9, corners=True):
    points = ((left, top), (right, top), (right, bottom), (left, bottom))
    return FoundBox("plate", score, (left, top, right, bottom), points if corners else None)


def read(picture, *found):
    return Pipeline(FakeFinder(*found), FakeReader()).read(picture)


def texts(seen: PhotoReading):
    return [plate.reading.text for plate in seen.plates]


def test_a_found_plate_is_read_from_its_place():
    seen = read(photo((100, 50, 180, 80, 95)), box(100, 50, 180, 80))
    assert texts(seen) == ["R95"]
    assert seen.answer.num_views == 1
    assert seen.answer.crop.shape == (35, 93, 3)


def test_a_doubtful_plate_is_looked_at_twice():
    reader = FakeReader()
    seen = Pipeline(FakeFinder(box(100, 50, 180, 80)), reader).read(photo((100, 50, 180, 80, 70)))
    assert (seen.answer.num_views, len(reader.views)) == (2, 2)


def test_without_corners_there_is_one_view():
    seen = read(photo((100, 50, 180, 80, 70)), box(100, 50, 180, 80, corners=False))
    assert seen.answer.num_views == 1


def test_nothing_found_and_nothing_read_is_no_plate():
    seen = read(photo())
    assert (seen.plates, seen.answer) == ((), None)


def test_a_crop_is_read_whole_where_nothing_is_found():
    crop = np.full((40, 120, 3), 88, np.uint8)
    seen = read(crop)
    assert texts(seen) == ["R88"]
    assert (seen.answer.found, seen.answer.to_dict()["box"]) == (None, None)


def test_a_crop_is_read_whole_where_that_is_surer():
    crop = np.full((40, 120, 3), 88, np.uint8)
    crop[8:32, 16:104] = 60
    whole = texts(read(crop, box(24, 12, 96, 28)))
    assert whole not in (["R60"], ["R95"])  # the whole is surer
    crop[8:32, 16:104] = 95
    assert texts(read(crop, box(24, 12, 96, 28))) == ["R95"]  # what was found is surer
    crop[8:32, 16:104] = 60
    # A small thing in a photo does not make it a crop.
    assert texts(read(crop, box(40, 12, 80, 28))) == ["R60"]


class FarsightedFinder:
    """Finds one plate, but only in parts of a photo that show the place of its middle alone."""

    def find(self, picture):
        if picture.shape[1] > 200:
            return []
        bright = np.argwhere(picture[..., 0] != GREY)
        if not len(bright):
            return []
        (top, left), (bottom, right) = bright.min(axis=0), bright.max(axis=0) + 1
        return [box(left + 20, top + 10, right - 20, bottom - 10)]


@pytest.mark.parametrize(("red", "answers"), [(95, ["R95"]), (20, [])])
def test_small_plates_are_looked_for_in_parts_and_count_where_they_are_read(red, answers):
    seen = Pipeline(FarsightedFinder(), FakeReader()).read(photo((120, 90, 160, 105, red)))
    assert texts(seen) == answers
    if answers:
        assert seen.answer.found.box == (120, 90, 160, 105)


def test_without_a_finder_every_picture_is_a_crop():
    for red, is_read in ((88, True), (20, False)):
        seen = Pipeline(None, FakeReader()).read(np.full((40, 120, 3), red, np.uint8))
        assert len(seen.plates) == 1
        assert (seen.answer is not None) is is_read


def test_the_plate_that_is_meant_comes_first():
    small, large, faint = (30, 30, 60, 40, 90), (120, 60, 260, 100, 85), (300, 150, 360, 170, 20)
    seen = read(photo(small, large, faint), box(*small[:4]), box(*large[:4]), box(*faint[:4]))
    assert texts(seen) == ["R85", "R90", "R20"]
    assert seen.answer.reading.text == "R85"


def test_plates_that_nobody_can_read_are_no_answer():
    seen = read(photo((100, 50, 180, 80, 20)), box(100, 50, 180, 80))
    assert len(seen.plates) == 1
    assert seen.answer is None


def test_json_keeps_everything():
    seen = read(photo((100, 50, 180, 80, 95)), box(100, 50, 180, 80, score=0.87654))
    said = json.loads(json.dumps(seen.plates[0].to_dict()))
    assert said["box"] == [100, 50, 180, 80]
    assert said["corners"] == [[100, 50], [180, 50], [180, 80], [100, 80]]
    assert (said["found"], said["text"]) == (0.8765, "R95")


@pytest.mark.parametrize("angle", [0, 10, -25])
def test_a_turned_plate_is_cut_upright(angle):
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.array([[-40, -12], [40, -12], [40, 12], [-40, 12]]) @ matrix.T + [200, 100]
    ys, xs = np.mgrid[:200, :400] + 0.5
    along, across = ((np.dstack([xs, ys]) - [200, 100]) @ matrix).transpose(2, 0, 1)
    picture = np.zeros((200, 400, 3), np.uint8)
    picture[(abs(along) < 40) & (abs(across) < 12)] = (60, 60, 60)
    picture[(abs(along) < 40) & (abs(across) < 12) & (along < 0)] = (200, 200, 200)
    part = cut_quadrilateral(picture, corners)
    assert part.shape == (24, 80, 3)
    assert part[3:-3, 3:36].mean() > 190
    assert part[3:-3, 44:-3].mean() < 70
    found = FoundBox("plate", 1.0, (160, 88, 240, 112), tuple(map(tuple, corners)))
    wide = cut_upright(picture, found)
    assert abs(wide.shape[1] / wide.shape[0] - 80 / 24) < 0.2
    assert wide[:2].mean() < 20  # the margin around the plate


def test_a_box_at_the_rim_is_cut_with_the_rim_repeated():
    picture = np.full((50, 60, 3), 200, np.uint8)
    part = cut_boxed(picture, box(-10, -5, 30, 8, corners=False))
    assert part.shape == (15, 46, 3)
    assert (part == 200).all()
