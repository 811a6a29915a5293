"""The desk: pictures become cards, and corrections are kept."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.labeler import desk as label_desk
from app.labeler.desk import LabelDesk, confidence_level, region_groups
from lpr_core.pictures.decoding import PictureError
from lpr_core.plates.patterns import regions
from lpr_core.serving.finding.finder import FoundBox
from tests.kit.fake_reader import VERSION, FakeReader
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import read_one


def test_a_picture_becomes_a_card_and_is_kept(desk, store):
    card = read_one(desk, region="br")
    record = store.history(card["id"])
    text = card["text"]
    assert card == {
        "id": record.picture.picture_id,
        "name": "car.png",
        "width": 60,
        "height": 20,
        "text": text,
        "mark": "unchecked",
        "author": "",
        "read": {
            "text": text,
            "confidence": 0.5,
            "region": "br",
            "pattern": "Brazil, Mercosul",
            "reader_version": VERSION,
            "is_readable": True,
            "note": "",
            "slots": card["read"]["slots"],
        },
    }
    assert (record.reading.text, record.reading.region) == (text, "br")
    json.dumps(card)


def test_a_card_shows_how_sure_each_symbol_is(desk):
    slots = read_one(desk)["read"]["slots"]
    assert [slot["level"] for slot in slots] == ["sure"] * 2 + ["doubtful", "unsure"] + ["sure"] * 3
    # The pad, which means "nothing here", is no symbol to choose.
    assert [symbol for symbol, _ in slots[2]["alternatives"]] == [slots[2]["symbol"], "8"]


def test_pads_behind_a_short_plate_have_no_chip(store):
    picture_id = store.add_picture(picture_bytes(), "short.png")
    record = store.add_reading(picture_id, reading_dict("ABC1D23") | {"text": "ABC1"})
    shown = label_desk.make_card(record)["read"]["slots"]
    assert [slot["symbol"] for slot in shown] == list("ABC1")


@pytest.mark.parametrize(
    ("probability", "doubtful", "level"),
    [
        (1.0, False, "sure"),
        (0.97, False, "sure"),
        (0.96, False, "unsure"),
        (0.99, True, "doubtful"),
    ],
)
def test_levels(probability, doubtful, level):
    assert confidence_level(probability, doubtful) == level


def test_a_bad_picture_is_refused_and_nothing_kept(desk, store, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError):
        desk.read(tmp_path / "bad.jpg", "bad.jpg", None)
    assert store.search().total == 0


def test_a_reader_that_fails_keeps_nothing(store):
    class Broken:
        def read(self, picture, region):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        read_one(LabelDesk(Broken(), store))
    assert store.search().total == 0


def test_a_correction_is_kept(desk, store):
    card = read_one(desk)
    corrected = desk.correct(card["id"], "abc 1d23", "", "maria")
    assert (corrected["text"], corrected["mark"], corrected["author"]) == (
        "ABC1D23",
        "corrected",
        "maria",
    )
    assert corrected["read"] == card["read"]  # what the model said stays what it said
    assert desk.correct(card["id"], card["text"], "correct", "")["mark"] == "correct"
    assert desk.correct(card["id"], "", "not_a_plate", "")["mark"] == "not_a_plate"
    assert len(store.history(card["id"]).revisions) == 3


@pytest.mark.parametrize(("text", "mark"), [("", ""), ("A?", "correct"), ("A1", "nice")])
def test_a_correction_without_sense_is_refused(desk, store, text, mark):
    card = read_one(desk)
    with pytest.raises(ValueError, match=r"Received|nice"):
        desk.correct(card["id"], text, mark, "")
    assert store.history(card["id"]).revisions == ()


def test_waiting_plates_come_oldest_first(desk):
    cards = [read_one(desk, seed, f"{seed}.png") for seed in range(3)]
    desk.correct(cards[1]["id"], "A1", "", "")
    assert desk.waiting() == [cards[0], cards[2]]
    assert desk.waiting(cards[1]["id"])[0]["text"] == "A1"
    with pytest.raises(ValueError, match="stored picture"):
        desk.waiting("nowhere")


def test_reading_again_leaves_checked_plates_alone(store):
    reader = FakeReader()
    desk = LabelDesk(reader, store)
    checked, waiting = (read_one(desk, seed) for seed in range(2))
    desk.correct(checked["id"], "A1", "", "")
    cards = desk.read_again([checked["id"], waiting["id"]], "br")
    assert [card["text"] for card in cards] == ["A1", waiting["text"]]
    assert [card["read"]["pattern"] for card in cards] == [None, "Brazil, Mercosul"]
    assert reader.asked == [None, None, "br"]


def test_every_region_can_be_chosen_by_a_name_of_its_own():
    choices = [choice for _, group in region_groups() for choice in group]
    assert sorted(code for _, code in choices) == sorted(regions())
    names = [name for name, _ in choices]
    assert len(set(names)) == len(names)
    assert ("Brazil", "br") in choices
    assert ("Washington, D.C.", "us-dc") in choices


class Finder:
    """Finds two plates side by side in what is wide enough."""

    def find(self, picture):
        width = picture.shape[1]
        if width < 300:
            return []
        edges = ((40, 60, 120, 90), (200, 60, 280, 90))
        return [
            FoundBox("plate", 0.9, (x0, y0, x1, y1), ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
            for x0, y0, x1, y1 in edges
        ]


class PlainReader(FakeReader):
    """Says by colour what it reads, and surely; it has views, as real readers do."""

    def read(self, picture, region=None):
        return replace(super().read(picture, region), confidence=0.95)

    def predict_batch(self, pictures):
        return [self.read(picture) for picture in pictures]

    def decode(self, reading, _region=None):
        return reading


def test_each_plate_of_a_photo_is_a_picture_of_its_own(store, tmp_path):
    photo = np.full((200, 400, 3), 90, np.uint8)
    photo[50:100, 20:140] = (250, 10, 10)
    photo[50:100, 180:300] = (10, 250, 10)
    path = tmp_path / "car.png"
    Image.fromarray(photo).save(path)
    reader = PlainReader({(250, 10, 10): "ABC1234", (10, 250, 10): "XYZ9876"})
    desk = LabelDesk(reader, store, Finder())
    seen = desk.read(path, "my car.png", None)
    assert sorted(card["text"] for card in seen["cards"]) == ["ABC1234", "XYZ9876"]
    assert {card["name"] for card in seen["cards"]} == {"my car.png", "my car 2.png"}
    assert [card["height"] for card in seen["cards"]] == [35, 35]
    assert sorted(seen["boxes"]) == [[0.1, 0.3, 0.3, 0.45], [0.5, 0.3, 0.7, 0.45]]
    assert store.search().total == 2


def test_where_nothing_is_found_the_whole_picture_is_kept(store, tmp_path):
    path = tmp_path / "crop.png"
    Image.fromarray(np.full((40, 120, 3), 90, np.uint8)).save(path)
    seen = LabelDesk(PlainReader(), store, Finder()).read(path, "crop.png", None)
    (card,) = seen["cards"]
    assert (card["name"], card["width"], seen["boxes"]) == ("crop.png", 120, [])
