"""The labelling app as a person meets it: a real browser, a real server process, a fake reader."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.kit.fake_reader import hash_text

pytestmark = pytest.mark.browser

PLATES = ["BRA2E19", "AB123CD", "1234BCD", "WOB7X12", "7ABC123"]


def draw_plate(text: str, number: int) -> bytes:
    """A plain plate: dark letters in a frame, each with a colour of its own."""
    image = Image.new("RGB", (240, 70), (230 - number, 232, 235))
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((3, 3, 236, 66), outline="black", width=3)
    canvas.text((24, 12), text, fill="black", font_size=44)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def pictures(tmp_path):
    """Five drawn plates and one broken file; the broken one stands in the middle."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, text in enumerate(PLATES):
        (folder / f"{number} {text}.png").write_bytes(draw_plate(text, number))
    (folder / "2 broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    return sorted(folder.iterdir())


@pytest.fixture
def start_labeler(start_app, free_port):
    env = {"LPR_DASHBOARD_URL": "http://127.0.0.1:8501"}
    return lambda: start_app(["-m", "tests.kit.labeler_process"], free_port, env=env)


def read_text(picture_path) -> str:
    """What the fake reader says."""
    return hash_text(np.asarray(Image.open(picture_path)))


def open_sheet(open_page, app, **how):
    watched = open_page(app.url, **how)
    watched.page.wait_for_selector("#sheet .ready")
    return watched


def upload(page, paths):
    page.set_input_files("#sheet input.files", [str(path) for path in paths])
    page.wait_for_function("!document.querySelector('#sheet .pending')")


def wait_for_badges(page, *badges):
    page.wait_for_function(
        "badges => JSON.stringify([...document.querySelectorAll('#sheet .badge')]"
        ".map(node => node.textContent)) === JSON.stringify(badges)",
        arg=list(badges),
    )


def test_the_main_job(start_labeler, open_page, pictures):
    """Upload, correct by keyboard, restart, find the correction in the history."""
    app = start_labeler()
    watched = open_sheet(open_page, app)
    page = watched.page
    upload(page, pictures)

    good = [path for path in pictures if path.suffix == ".png"]
    assert page.locator(".card .name").all_text_contents() == [path.name for path in good]
    texts = [read_text(path) for path in good]
    assert [field.input_value() for field in page.locator(".plate-text").all()] == texts
    assert page.locator(".card").first.locator(".chip").count() == 7
    assert page.locator(".card").first.locator(".chip.doubtful").count() == 1
    assert page.get_by_role("alert").filter(has_text="2 broken.jpg").count() == 1
    assert page.locator(".count").text_content() == "0 of 5 checked"

    # The caret waits on the doubtful symbol of the first plate: typing replaces it.
    page.keyboard.type("z")
    corrected = texts[0][:2] + "Z" + texts[0][3:]
    wait_for_badges(page, "Edited, not saved", *["Not checked"] * 4)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the second is right as it is
    page.keyboard.type("un")  # while typing, U and N are letters
    assert page.locator(".plate-text").nth(2).input_value() == texts[2][:2] + "un" + texts[2][3:]
    page.keyboard.press("Escape")
    assert page.locator(".plate-text").nth(2).input_value() == texts[2]
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.keyboard.press("n")
    wait_for_badges(
        page,
        "✓ Corrected, saved",
        "✓ Correct, saved",
        "✓ Unreadable, saved",
        "✓ Not a plate, saved",
        "Not checked",
    )
    assert page.locator(".count").text_content() == "4 of 5 checked"
    watched.assert_clean()
    app.stop()

    app = start_labeler()
    watched = open_sheet(open_page, app)
    assert watched.page.locator(".card .name").all_text_contents() == [good[4].name]
    watched.page.get_by_role("link", name="History").click()
    watched.page.wait_for_selector("#history .entry")
    assert watched.page.locator("#history .entry").count() == 5
    watched.page.get_by_label("Search").fill(corrected)
    watched.page.wait_for_function("document.querySelectorAll('#history .entry').length === 1")
    entry = watched.page.locator("#history .entry")
    assert entry.locator(".plate").text_content() == corrected
    assert entry.locator(".badge").text_content() == "Corrected"
    entry.locator("summary").click()
    assert f"wrote {corrected} instead of" in entry.locator(".steps").inner_text()
    assert watched.page.url.endswith(f"?query={corrected}")
    watched.assert_clean()


def test_alternatives_region_name_and_second_thoughts(start_labeler, open_page, pictures):
    app = start_labeler()
    watched = open_sheet(open_page, app)
    page = watched.page
    page.get_by_label("Your name").fill("Maria")
    upload(page, pictures[:1])
    text = read_text(pictures[0])

    page.locator(".chip.doubtful").click()
    options = page.locator(".options .option")
    other = "8" if text[2] != "8" else "B"
    assert [option.locator("b").text_content() for option in options.all()] == [text[2], other]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    changed = text[:2] + other + text[3:]
    assert page.locator(".plate-text").input_value() == changed
    assert page.locator(".chip").nth(2).get_attribute("class").split() == [
        "chip",
        "doubtful",
        "changed",
    ]
    page.get_by_role("button", name="Restore").click()
    assert page.locator(".plate-text").input_value() == text

    page.get_by_label("Region").select_option("br")
    page.wait_for_function("document.querySelector('.facts').textContent.includes('Mercosul')")
    assert page.url.endswith("?region=br")

    page.locator(".plate-text").fill("what?")
    page.keyboard.press("Enter")
    wait_for_badges(page, "Not saved")
    assert "only letters and digits" in page.locator(".problem").text_content()
    page.locator(".plate-text").fill("abc 1234")
    page.get_by_role("button", name="Save").click()
    wait_for_badges(page, "✓ Corrected, saved")
    assert page.locator(".plate-text").input_value() == "ABC1234"
    assert "checked by Maria" in page.locator(".facts").text_content()

    upload(page, pictures[:1])  # the same picture again is the same plate
    assert page.locator(".card").count() == 1
    large = {"name": "large.png", "mimeType": "image/png", "buffer": bytes(25_100_000)}
    page.set_input_files("#sheet input.files", [large])
    assert "25.1 MB; at most 25 MB" in page.locator(".refused").text_content()
    page.get_by_role("button", name="Dismiss large.png").click()
    assert page.locator(".refused").count() == 0
    page.reload()
    page.wait_for_selector("#sheet .ready")
    assert page.get_by_label("Your name").input_value() == "Maria"
    assert page.get_by_label("Region").input_value() == "br"
    watched.assert_clean()


def test_pasting_and_dropping(start_labeler, open_page, pictures):
    app = start_labeler()
    watched = open_sheet(open_page, app)
    page = watched.page
    send = """([kind, names]) => {
      const transfer = new DataTransfer();
      for (const name of names) {
        const canvas = document.createElement("canvas");
        canvas.width = 60 + name.length;
        canvas.height = 24;
        const bytes = atob(canvas.toDataURL("image/png").split(",")[1]);
        const content = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
        transfer.items.add(new File([content], name, { type: "image/png" }));
      }
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }"""
    page.evaluate(send, ["paste", ["pasted.png"]])
    page.wait_for_selector(".card")
    page.evaluate(send, ["drop", ["first one.png", "the second one.png"]])
    page.wait_for_function("document.querySelectorAll('.card').length === 3")
    assert page.locator(".card .name").all_text_contents() == [
        "pasted.png",
        "first one.png",
        "the second one.png",
    ]
    watched.assert_clean()


def test_a_server_that_is_gone_loses_nothing_silently(start_labeler, open_page, pictures):
    app = start_labeler()
    watched = open_sheet(open_page, app)
    page = watched.page
    upload(page, pictures[:1])
    app.process.kill()
    app.process.wait()
    page.locator(".plate-text").fill("ABC1234")
    page.keyboard.press("Enter")
    wait_for_badges(page, "Not saved")
    assert "does not answer" in page.locator(".problem").text_content()
    assert page.locator(".plate-text").input_value() == "ABC1234"
    start_labeler()
    page.locator(".plate-text").press("Enter")
    wait_for_badges(page, "✓ Corrected, saved")


def test_every_width_and_theme(start_labeler, open_page, pictures):
    app = start_labeler()
    for width, dark in itertools.product([360, 390, 1440], [False, True]):
        watched = open_sheet(open_page, app, width=width, dark=dark)
        page = watched.page
        is_first = (width, dark) == (360, False)
        assert page.locator(".start").is_visible() == is_first
        if is_first:
            assert layout_faults(page) == []
            upload(page, pictures)
        assert layout_faults(page) == []
        page.get_by_role("link", name="History").click()
        page.wait_for_selector(".entry")
        assert layout_faults(page) == []
        watched.assert_clean()


def layout_faults(page) -> list[str]:
    """What does not fit the width, has no alternative text, or too little contrast."""
    faults = contrast_faults(page)
    if not page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ):
        faults.append("the page is wider than the screen")
    if not page.evaluate("[...document.images].every((image) => image.alt)"):
        faults.append("a picture has no alternative text")
    return faults


def contrast_faults(page) -> list[str]:
    """Texts on their own background that WCAG AA would not take (4.5 to 1)."""
    found = page.evaluate(
        """() => {
        const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const shine = ([r, g, b]) => [r, g, b].map((part) => part / 255)
          .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
          .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
        const behind = (node) => {
          for (; node; node = node.parentElement) {
            const colour = rgb(getComputedStyle(node).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
          }
          return [255, 255, 255];
        };
        return [...document.querySelectorAll("#header *, .lpr-page *")]
          .filter((node) => node.checkVisibility({ visibilityProperty: true })
            && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
          .map((node) => {
            const pair = [shine(rgb(getComputedStyle(node).color)), shine(behind(node))];
            pair.sort((one, two) => one - two);
            const ratio = (pair[1] + .05) / (pair[0] + .05);
            return [node.className + ": " + node.textContent.trim(), ratio];
          });
        }"""
    )
    assert found
    return [f"{what} has {ratio:.1f}" for what, ratio in found if ratio < 4.5]


def test_files_that_a_left_page_has_lost_are_asked_for_and_named(
    start_labeler, open_page, pictures
):
    watched = open_sheet(open_page, start_labeler())
    page = watched.page
    asked = []

    def leave(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.route("**/gradio_api/upload**", lambda route: None)  # never answered
    page.set_input_files("#sheet input.files", [str(path) for path in pictures[:2]])
    page.wait_for_selector("#sheet .pending")
    page.mouse.click(5, 5)  # a browser asks only where somebody has done something
    page.reload()
    page.wait_for_selector("#sheet .ready")
    assert asked == ["beforeunload"]
    told = page.locator("#sheet .refused").text_content()
    assert all(path.name in told for path in pictures[:2])
    page.reload()
    page.wait_for_selector("#sheet .ready")
    assert page.locator("#sheet .refused").count() == 0
