"""Pictures without a plate, as a person meets them: the shipped reader, a real browser."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lpr_core.labels import LabelStore
from lpr_core.pictures.decoding import read_picture
from lpr_core.plates.readable import NOT_READ
from lpr_core.serving import Reader
from tests.app.labeler.test_labeler_browser import (
    layout_faults,
    open_sheet,
    upload,
    wait_for_badges,
)
from tests.app.labeler.test_queue_browser import open_queue

pytestmark = pytest.mark.browser
WRITE = "Write the text, or say that the plate is unreadable."
CONFIRMING = ("Enter", "Space", "y", "a", "1", "2", "3", "ArrowDown", "ArrowRight", "d")


def draw_landscape() -> Image.Image:
    image = Image.new("RGB", (480, 320), (140, 190, 235))
    canvas = ImageDraw.Draw(image)
    canvas.polygon([(0, 230), (120, 90), (240, 230)], fill=(95, 105, 120))
    canvas.polygon([(150, 230), (330, 60), (480, 230)], fill=(75, 85, 105))
    canvas.rectangle((0, 225, 480, 320), fill=(70, 130, 60))
    canvas.ellipse((380, 30, 430, 80), fill=(250, 220, 90))
    return image


def draw_noise() -> Image.Image:
    pixels = np.random.default_rng(5).integers(0, 256, (64, 192, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def pictures(tmp_path):
    """A landscape and noise, in the order of their names."""
    for name, image in [("1 landscape.png", draw_landscape()), ("2 noise.png", draw_noise())]:
        image.save(tmp_path / name)
    return [tmp_path / "1 landscape.png", tmp_path / "2 noise.png"]


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def start(start_app, free_port):
    return lambda: start_app(["-m", "app.labeler"], free_port)


def fill(store, pictures):
    reader = Reader.load()
    for path in pictures:
        picture_id = store.add_picture(path.read_bytes(), path.name)
        store.add_reading(picture_id, reader.read(read_picture(path)).to_dict())


def invented(pictures) -> list[str]:
    return [reading.text for reading in Reader.load().read_batch(list(map(read_picture, pictures)))]


def nothing_is_said(store) -> bool:
    return not any(record.revisions for record in store.records())


@pytest.mark.parametrize("size", [{"width": 1440}, {"width": 390, "dark": True}])
def test_read_shows_the_sentence_and_takes_no_key_for_an_answer(
    store, start, open_page, pictures, size
):
    watched = open_sheet(open_page, start(), **size)
    page = watched.page
    upload(page, pictures)
    cards = page.locator(".card").all()
    assert len(cards) == 2
    for card in cards:
        box = card.locator(".plate-text")
        assert (box.input_value(), box.get_attribute("placeholder")) == ("", NOT_READ)
        assert card.locator(".chip").count() == 0
        assert "Too unsure to suggest a text" in card.locator(".facts").text_content()
    assert not any(text in page.content() for text in invented(pictures))
    assert layout_faults(page) == []
    for key in CONFIRMING:  # outside of the text, where letters are keys
        page.locator(".card").first.focus()
        page.keyboard.press(key)
        page.keyboard.press("Escape")
    cards[0].locator(".plate-text").focus()
    page.keyboard.press("Enter")
    assert cards[0].get_by_role("alert").text_content() == WRITE
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    cards[1].locator(".action.primary").click()
    assert cards[1].get_by_role("alert").text_content() == WRITE
    assert page.locator(".count").text_content() == "0 of 2 checked"
    assert nothing_is_said(store)
    # A person who can read it types it; the others say so by the key that is made for it.
    cards[0].locator(".plate-text").fill("abc1d23")
    assert cards[0].get_by_role("alert").count() == 0
    page.keyboard.press("Enter")
    cards[1].get_by_role("button", name="Unreadable").click()
    wait_for_badges(page, "✓ Corrected, saved", "✓ Unreadable, saved")
    said = {record.picture.name: (record.mark, record.text) for record in store.records()}
    assert said == {"1 landscape.png": ("corrected", "ABC1D23"), "2 noise.png": ("unreadable", "")}
    watched.assert_clean()


@pytest.mark.parametrize("size", [{"width": 1440, "dark": True}, {"width": 390}])
def test_the_queue_shows_the_sentence_and_takes_no_key_for_an_answer(
    store, start, open_page, pictures, size
):
    fill(store, pictures)
    watched = open_queue(open_page, start(), **size)
    page = watched.page
    box = page.locator(".plate-text")
    assert (box.input_value(), box.get_attribute("placeholder")) == ("", NOT_READ)
    assert page.locator(".chip, .other").count() == 0
    assert "Too unsure to suggest a text" in page.locator(".facts").text_content()
    assert not any(text in page.content() for text in invented(pictures))
    assert layout_faults(page) == []
    name = page.locator(".stage img").get_attribute("alt")
    for place in (".bench", "[data-do=accept]"):
        for key in CONFIRMING:
            page.locator(place).focus()
            page.keyboard.press(key)
            page.keyboard.press("Escape")
    box.focus()
    for key in ("ArrowDown", "Enter", "Space", "Enter"):
        page.keyboard.press(key)
    assert page.locator("#queue-note").text_content() == WRITE
    page.locator("[data-do=accept]").click()
    assert page.locator(".stage img").get_attribute("alt") == name
    assert nothing_is_said(store)
    box.fill("abc1d23")
    page.keyboard.press("Enter")
    page.wait_for_function("name => document.querySelector('.stage img').alt !== name", arg=name)
    page.locator("[data-do=unreadable]").click()
    page.wait_for_selector(".bench[data-state=empty]")
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.includes('outbox'))")
    assert sorted(record.mark for record in store.records()) == ["corrected", "unreadable"]
    watched.assert_clean()


@pytest.mark.parametrize("size", [{"width": 1440}, {"width": 390, "dark": True}])
def test_the_history_shows_the_sentence(store, start, open_page, pictures, size):
    fill(store, pictures)
    watched = open_page(f"{start().url}/history", **size)
    page = watched.page
    page.wait_for_selector(".entry")
    assert page.locator(".entry .plate").all_text_contents() == [NOT_READ] * 2
    page.locator("details summary").first.click()
    assert not any(text in page.content() for text in invented(pictures))
    assert layout_faults(page) == []
    watched.assert_clean()
