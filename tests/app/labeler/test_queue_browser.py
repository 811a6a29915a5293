"""The queue as people work in it: a real browser, real sign-in, a fake reader, the keyboard."""

import itertools

import pytest

from lpr_core.labels import LabelStore, Role
from tests.app.labeler.test_labeler_browser import layout_faults
from tests.kit.label_samples import picture_bytes, reading_dict

pytestmark = pytest.mark.browser
PASSWORD = "plates are read by two"
NUM_PLATES = 30


@pytest.fixture
def store(tmp_path):
    """Thirty plates, `CAR0000` the least sure, and two people."""
    opened = LabelStore(data_dir=tmp_path / "data")
    for seed in range(NUM_PLATES):
        picture_id = opened.add_picture(picture_bytes(seed, width=180), f"{seed:02}.png")
        reading = reading_dict(f"CAR{seed:04}", confidence=0.1 + seed / 100)
        opened.add_reading(picture_id, reading)
    yield opened
    opened.close()


@pytest.fixture
def start(store, start_app, free_port):
    return lambda: start_app(["-m", "tests.kit.labeler_process"], free_port)


def open_queue(open_page, app, name="", **how):
    """Open the queue; with a name, sign in on the way."""
    watched = open_page(f"{app.url}/queue", **how)
    if name:
        watched.page.fill("[name=name]", name)
        watched.page.fill("[name=password]", PASSWORD)
        watched.page.press("[name=password]", "Enter")
    watched.page.wait_for_selector("#queue .ready")
    return watched


def text_of(page):
    return page.locator(".plate-text").input_value()


def wait_for_text(page, text):
    page.wait_for_function("text => document.querySelector('.plate-text').value === text", arg=text)


def wait_until_sent(page):
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.includes('outbox'))")


def test_two_people_correct_thirty_plates_by_keyboard_alone(store, start, open_page):
    for name in ("ann", "bob"):
        store.people.add_user(name, PASSWORD, Role.ADMIN if name == "ann" else Role.ANNOTATOR)
    app = start()
    people = {name: open_queue(open_page, app, name) for name in ("ann", "bob")}
    assert people["bob"].page.locator("nav a:visible").all_text_contents() == [
        "Read",
        "Queue",
        "History",
    ]
    seen = {name: [] for name in people}
    said = {}
    for turn in range(NUM_PLATES):
        name = "bob" if turn % 2 else "ann"
        page = people[name].page
        page.wait_for_function("!document.querySelector('.bench[data-state=waiting]')")
        if page.locator(".bench").get_attribute("data-state") == "empty":
            continue
        text = text_of(page)
        seen[name].append(text)
        said[text] = text
        if turn % 5 == 0:  # the doubtful symbol is marked: typing replaces it
            page.keyboard.type("x")
            said[text] = f"{text[:2]}X{text[3:]}"
        page.keyboard.press("Enter")
    for name, watched in people.items():  # whoever still has plates
        page = watched.page
        wait_until_sent(page)
        while page.locator(".bench").get_attribute("data-state") == "open":
            text = text_of(page)
            seen[name].append(text)
            said[text] = text
            page.keyboard.press("Enter")
            wait_until_sent(page)
    for watched in people.values():
        wait_until_sent(watched.page)
        watched.page.wait_for_selector(".bench[data-state=empty]")
        watched.assert_clean()
    both = seen["ann"] + seen["bob"]
    assert sorted(both) == [f"CAR{seed:04}" for seed in range(NUM_PLATES)]
    assert min(len(plates) for plates in seen.values()) >= 10
    records = store.search(page_size=50).records
    assert {record.reading.text: record.text for record in records} == said
    assert {record.reading.text: record.revision.author for record in records} == {
        text: name for name, texts in seen.items() for text in texts
    }
    corrected = {text for text, answer in said.items() if answer != text}
    assert corrected
    assert {record.reading.text for record in records if record.mark == "corrected"} == corrected


def test_keys(store, start, open_page):
    watched = open_queue(open_page, start())
    page = watched.page
    box = page.locator(".plate-text")
    # While typing, the letters of shortcuts are letters.
    assert page.evaluate("document.activeElement.className") == "plate-text"
    page.keyboard.press("Control+u")
    page.keyboard.press("Alt+n")
    assert text_of(page) == "CAR0000"
    page.keyboard.press("End")
    page.keyboard.type("unsz1?")
    assert text_of(page) == "CAR0000unsz1?"
    assert page.locator(".help").is_visible() is False
    page.keyboard.press("Enter")  # not a plate text: said, and nothing lost
    assert "only letters and digits" in page.locator(".note").text_content()
    assert text_of(page) == "CAR0000unsz1?"
    page.keyboard.press("Escape")
    assert text_of(page) == "CAR0000"
    page.keyboard.press("ArrowDown")  # the first alternative of the doubtful symbol
    assert text_of(page) == "CA80000"
    page.keyboard.press("ArrowUp")
    assert text_of(page) == "CAR0000"
    # Outside the text they are keys, but never with Ctrl, Alt or Meta.
    page.keyboard.press("Escape")
    for keys in ("Control+u", "Alt+n", "Meta+s"):
        page.keyboard.press(keys)
    assert text_of(page) == "CAR0000"
    page.keyboard.press("1")
    assert text_of(page) == "CA80000"
    page.keyboard.press("e")
    assert box.evaluate("box => box === document.activeElement")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator(".help").is_visible()
    page.keyboard.press("u")  # a dialog is open
    assert text_of(page) == "CAR0000"
    page.keyboard.press("Escape")
    assert page.locator(".help").is_visible() is False
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    wait_for_text(page, "CAR0001")  # the next plate begins in its text again
    assert box.evaluate("box => box === document.activeElement")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    wait_for_text(page, "CAR0002")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    assert text_of(page) == "CAR0001"
    assert "Looking back" in page.locator(".mode").text_content()
    page.keyboard.press("Enter")  # looking is not answering
    page.keyboard.press("Escape")
    assert text_of(page) == "CAR0002"
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    wait_for_text(page, "CAR0003")
    wait_until_sent(page)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    wait_for_text(page, "CAR0001")
    page.keyboard.press("Enter")
    wait_for_text(page, "CAR0003")
    wait_until_sent(page)
    marks = {record.reading.text: record.mark for record in store.search(page_size=50).records}
    assert [marks[f"CAR000{seed}"] for seed in range(4)] == [
        "unreadable",
        "correct",
        "unchecked",
        "unchecked",
    ]
    page.locator(".project").focus()
    page.keyboard.press("u")  # a list is being chosen from
    assert text_of(page) == "CAR0003"
    watched.assert_clean()


def test_a_server_that_is_gone_loses_nothing(store, start, open_page):
    app = start()
    page = open_queue(open_page, app).page
    app.process.kill()
    app.process.wait()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the next plates are here already
    wait_for_text(page, "CAR0002")
    page.wait_for_selector(".banner:has-text('2 answers kept here'):visible")
    start()
    page.wait_for_selector(".banner", state="hidden")
    wait_until_sent(page)
    texts = {record.text for record in store.search(page_size=50).records if record.revision}
    assert texts == {"CAX0000", "CAR0001"}


def test_a_plate_that_was_taken_is_said_and_what_was_typed_is_kept(store, start, open_page):
    watched = open_queue(open_page, start())
    page = watched.page
    page.keyboard.type("x")
    store.queue.release("me")
    (taken, *_) = store.queue.hand_out("somebody else")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notices li")
    assert "CAX0000" in page.locator(".notices li").text_content()
    assert taken.record.reading.text == "CAR0000"
    assert text_of(page) == "CAR0001"
    page.get_by_role("button", name="Dismiss").click()
    page.wait_for_selector(".notices li", state="detached")
    assert store.history(taken.picture_id).mark == "unchecked"
    watched.assert_clean()


def test_region_view_and_warning(store, start, open_page):
    watched = open_queue(open_page, start())
    page = watched.page
    page.get_by_label("Region of this plate").select_option("br")
    page.wait_for_function("document.querySelector('.facts').textContent.includes('Mercosul')")
    page.locator(".plate-text").fill("1234567")
    assert "Brazil has no plates like this" in page.locator(".note").text_content()
    page.locator(".plate-text").fill("ABC1D23")
    assert page.locator(".note").text_content() == ""
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Turn right").click()
    page.get_by_label("Contrast").fill("200")
    image = page.locator(".stage img")
    style = image.get_attribute("style")
    assert "rotate(90deg)" in style
    assert "contrast(200%)" in style
    page.get_by_role("button", name="Reset view").click()
    assert "rotate(0deg) scale(1)" in image.get_attribute("style")
    page.locator(".plate-text").press("Enter")  # a warning is no refusal
    wait_for_text(page, "CAR0001")
    wait_until_sent(page)
    assert "ABC1D23" in {record.text for record in store.search(page_size=50).records}
    watched.assert_clean()


def test_nothing_jumps_and_everything_fits(store, start, open_page):
    app = start()
    boxes = """() => [".stage", ".plate", ".chips", ".others", ".facts", ".note", ".actions"]
      .map((part) => JSON.stringify(document.querySelector(part).getBoundingClientRect()))"""
    for width, dark in itertools.product([390, 1440], [False, True]):
        watched = open_queue(open_page, app, width=width, dark=dark)
        page = watched.page
        assert layout_faults(page) == []
        before, text = page.evaluate(boxes), text_of(page)
        page.locator("[data-do=accept]").click()
        page.wait_for_function(
            "text => document.querySelector('.plate-text').value !== text", arg=text
        )
        assert page.evaluate(boxes)[:1] + page.evaluate(boxes)[2:] == before[:1] + before[2:]
        for path in ("review", "team", "history"):
            page.goto(f"{app.url}/{path}")
            page.wait_for_selector(f"#{path} .ready, #{path} .entry")
            assert layout_faults(page) == [], path
        watched.assert_clean()
