"""The dashboard in a real browser: each page at two widths, nothing fetched from elsewhere."""

import re

import cv2
import pytest

from lpr_core.training.runs import HISTORY_COLUMNS, RunFolder
from tests.tiny_reader import draw_tiny_plate, write_tiny_bundle

pytestmark = pytest.mark.browser

WIDTHS = {"desk": 1440, "phone": 390}
PATIENCE = 60_000  # milliseconds; a busy machine is slow, and a right answer ends the wait at once


@pytest.fixture
def dashboard(start_app, free_port, tmp_path):
    """A dashboard with a tiny reader and one run; its address."""
    values = {name: 0.5 for name in HISTORY_COLUMNS}
    run = RunFolder(tmp_path / "runs" / "first-run")
    run.write_config({"created": "2026-01-01T10:00:00+00:00", "config": {"seed": 0}})
    run.write_history([values | {"epoch": epoch} for epoch in range(1, 6)])
    run.write_state("finished")
    return start_app(
        [
            *("-m", "streamlit", "run", "app/dashboard.py"),
            *("--server.address=127.0.0.1", f"--server.port={free_port}"),
        ],
        free_port,
        health="/_stcore/health",
        env={
            "LPR_READER": str(write_tiny_bundle(tmp_path / "reader")),
            "LPR_RUNS_DIR": str(tmp_path / "runs"),
            "LPR_LABELER_URL": "http://127.0.0.1:7860",
        },
    ).url


def wait_for(page, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=PATIENCE)


def go_to(page, title: str) -> None:
    """Follow the link in the navigation, which a phone keeps folded."""
    opener = page.get_by_role("button", name="Expand sidebar")
    is_folded = opener.is_visible()
    if is_folded:
        opener.click()
    page.get_by_role("navigation", name="App pages").get_by_role("link", name=title).click()
    page.get_by_role("heading", name=title, exact=True).wait_for(timeout=PATIENCE)
    if is_folded:
        page.get_by_role("button", name="Collapse sidebar").click()


def assert_fits(page) -> None:
    """Nothing is wider than the window, and nothing went wrong on the page."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_page_opens_and_fits(dashboard, open_page, tmp_path, width):
    watched = open_page(dashboard, width=width, dark=width < 1000)
    page = watched.page
    wait_for(page, "What helps on your plates?")
    wait_for(page, "Finished runs: 1 of 1.")
    assert_fits(page)

    go_to(page, "Runs")
    page.locator(".js-plotly-plot .legend").wait_for(timeout=PATIENCE)
    assert page.locator(".js-plotly-plot .scatterlayer .trace").count() == 2
    assert_fits(page)

    go_to(page, "Noise")
    page.get_by_text("Own picture").click()
    plate_path = tmp_path / "plate.png"
    cv2.imwrite(str(plate_path), draw_tiny_plate("ABC1234"))
    page.locator("input[type=file]").set_input_files(plate_path, timeout=PATIENCE)
    page.locator(".js-plotly-plot .legend").wait_for(timeout=PATIENCE)
    assert page.locator(".lpr-card").count() == 10
    assert_fits(page)
    watched.assert_clean()


def readings(page) -> list[str]:
    pictures = page.locator(".lpr-pair img").all()
    return [picture.get_attribute("alt") for picture in pictures]


def test_moving_the_slider_changes_what_is_read_and_the_address(dashboard, open_page, tmp_path):
    watched = open_page(dashboard)
    page = watched.page
    go_to(page, "Noise")
    page.get_by_text("Own picture").click()
    plate_path = tmp_path / "plate.png"
    cv2.imwrite(str(plate_path), draw_tiny_plate("ABC1234"))
    page.locator("input[type=file]").set_input_files(plate_path, timeout=PATIENCE)
    page.locator(".lpr-pair img").first.wait_for(timeout=PATIENCE)
    clean, noisy = readings(page)
    assert clean == "Clean: plate read as ABC1234"
    assert noisy.startswith("Strength 0.10: plate read as ")

    page.get_by_role("slider", name="Strength").press("End")
    page.locator(".lpr-pair img[alt^='Strength 0.50']").wait_for(timeout=PATIENCE)
    clean_after, noisy_after = readings(page)
    assert clean_after == clean
    assert noisy_after.removeprefix("Strength 0.50") != noisy.removeprefix("Strength 0.10")
    assert page.locator(".lpr-pair .lpr-wrong").count() > 0
    page.wait_for_url(re.compile(r"[?&]strength=0\.5\b"), timeout=PATIENCE)
    watched.assert_clean()
