"""The dashboard in a real browser: each page at two widths, nothing fetched from elsewhere."""

import re
import shutil

import cv2
import pytest

from lpr_core.labels import LabelStore, Role
from lpr_core.serving import Floor
from lpr_core.training.runs import RunFolder
from tests.conftest import PATIENCE_SECONDS, apps_in, find_free_port
from tests.kit.histories import HISTORY_COLUMNS
from tests.kit.planted_study import plant_study
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

pytestmark = pytest.mark.browser

WIDTHS = {"desk": 1440, "phone": 390}
PATIENCE = 1000 * PATIENCE_SECONDS


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    """A dashboard for tests that leave its studies and people as they are; its address."""
    folder = tmp_path_factory.mktemp("dashboard")
    with apps_in(folder) as start:
        yield serve_dashboard(start, folder, find_free_port())


@pytest.fixture
def own_dashboard(start_app, free_port, tmp_path):
    """A dashboard of this test's own; its address."""
    return serve_dashboard(start_app, tmp_path, free_port)


def serve_dashboard(start, folder, port):
    """Start a dashboard with a tiny reader, a study and one training; return its address."""
    values = {name: 0.5 for name in HISTORY_COLUMNS}
    run = RunFolder(folder / "runs" / "first-run")
    run.write_config({"created": "2026-01-01T10:00:00+00:00", "config": {"seed": 0}})
    run.write_history([values | {"epoch": epoch} for epoch in range(1, 6)])
    run.write_state("finished")
    # Apps are given this folder for the user's data.
    plant_study(folder / "data" / "studies" / "planted", seeds=range(2), num_plates=8, epochs=2)
    return start(
        [
            *("-m", "streamlit", "run", "app/dashboard/main.py"),
            *("--server.address=127.0.0.1", f"--server.port={port}"),
        ],
        port,
        health="/_stcore/health",
        env={
            "LPR_READER": str(write_tiny_bundle(folder / "reader", floor=Floor(readable_from=0.0))),
            "LPR_RUNS_DIR": str(folder / "runs"),
            "LPR_LABELER_URL": "http://127.0.0.1:7860",
        },
    ).url


def wait_for(page, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=PATIENCE)


def go_to(page, link: str, heading: str) -> None:
    """Follow the link in the navigation, which a phone keeps folded."""
    opener = page.get_by_role("button", name="Expand sidebar")
    is_folded = opener.is_visible()
    if is_folded:
        opener.click()
    page.get_by_role("navigation", name="App pages").get_by_role("link", name=link).click()
    page.get_by_role("heading", name=heading, exact=True).wait_for(timeout=PATIENCE)
    if is_folded:
        page.get_by_role("button", name="Collapse sidebar").click()


def assert_fits(page) -> None:
    """Nothing is wider than the window, and nothing went wrong on the page."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("This page cannot be shown").count() == 0


PAGES = {
    "Verdicts": ("Does it help?", "The differences behind the verdicts"),
    "Runs": ("How did they learn?", "What differs between two runs"),
    "Noise": ("How much noise is too much?", "Where it breaks"),
    "Why": ("Why does the frozen network fail?", "Remedies"),
    "Mistakes": ("What is misread?", "They read"),
    "More": ("What else decides?", "Which remedy helps the frozen network?"),
    "Trainings": ("Trainings", "Solid lines are validation"),
}
"""Heading of each page, and a text near its end."""


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_page_opens_and_fits(dashboard, open_page, width):
    watched = open_page(dashboard, width=width, dark=width < 1000)
    page = watched.page
    wait_for(page, "What helps on your plates?")
    wait_for(page, "Finished runs: 1 of 1.")
    assert_fits(page)
    for link, (heading, ending) in PAGES.items():
        go_to(page, link, heading)
        wait_for(page, ending)
        if link not in ("Why", "More"):
            page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PATIENCE)
        assert_fits(page)
    watched.assert_clean()


def readings(page) -> tuple[list[str], list[str]]:
    """What the shipped reader and what the runs of the study read, in words."""
    live = [picture.get_attribute("alt") for picture in page.locator(".lpr-pair img").all()]
    runs = page.locator(".lpr-runs .lpr-reading").all()
    return live, [run.get_attribute("aria-label") for run in runs]


def test_moving_the_slider_changes_what_is_read_and_the_address(dashboard, open_page):
    watched = open_page(dashboard)
    page = watched.page
    go_to(page, "Noise", "How much noise is too much?")
    wait_for(page, "at strength 0.08, the nearest")
    (clean, noisy), runs = readings(page)
    assert clean.startswith("Clean: plate read as ")
    assert noisy.startswith("Strength 0.10: plate read as ")
    assert len(runs) == 6

    page.get_by_role("slider", name="Strength").press("End")
    page.locator(".lpr-pair img[alt^='Strength 0.50']").wait_for(timeout=PATIENCE)
    wait_for(page, "at strength 0.26, the nearest")
    (clean_after, noisy_after), runs_after = readings(page)
    assert clean_after == clean
    assert noisy_after.removeprefix("Strength 0.50") != noisy.removeprefix("Strength 0.10")
    assert len(runs_after) == 6
    assert runs_after != runs
    assert page.locator(".lpr-runs .lpr-wrong").count() > 0
    page.wait_for_url(re.compile(r"[?&]strength=0\.5\b"), timeout=PATIENCE)
    watched.assert_clean()


def test_an_own_picture_is_read(dashboard, open_page, tmp_path):
    watched = open_page(dashboard)
    page = watched.page
    go_to(page, "Noise", "How much noise is too much?")
    page.get_by_text("Own picture").click()
    plate_path = tmp_path / "plate.png"
    cv2.imwrite(str(plate_path), draw_tiny_plate("ABC1234"))
    page.locator("input[type=file]").set_input_files(plate_path, timeout=PATIENCE)
    page.locator(".lpr-pair img[alt='Clean: plate read as ABC1234']").wait_for(timeout=PATIENCE)
    watched.assert_clean()


def test_a_zip_of_a_study_is_taken_in_and_shown(own_dashboard, open_page, tmp_path):
    study = plant_study(tmp_path / "brought", seeds=range(1), num_plates=6, epochs=2)
    zip_path = shutil.make_archive(str(tmp_path / "zipped-study"), "zip", study)
    watched = open_page(own_dashboard)
    page = watched.page
    go_to(page, "Verdicts", "Does it help?")
    page.get_by_role("button", name="Bring a study").click()
    page.locator("input[type=file]").set_input_files(zip_path, timeout=PATIENCE)
    wait_for(page, "6 variants x 1 seeds")
    page.wait_for_url(re.compile(r"[?&]study=zipped-study\b"), timeout=PATIENCE)
    watched.assert_clean()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_once_people_exist_nothing_of_theirs_is_shown(own_dashboard, open_page, tmp_path, width):
    store = LabelStore(data_dir=tmp_path / "data")
    store.people.add_user("ada", "ada has all of the keys", Role.ADMIN)
    store.close()
    watched = open_page(f"{own_dashboard}/noise?source=Corrected+plates&study=planted", width=width)
    page = watched.page
    wait_for(page, "so corrected plates are not shown here; see them in the labelling app.")
    wait_for(page, "so only the studies that ship with the workbench are shown")
    assert page.get_by_text("Bring a study").count() == 0
    assert page.get_by_text("planted").count() == 0
    assert_fits(page)
    assert watched.strangers == []


def test_a_visitor_behind_a_proxy_is_shown_shipped_studies(dashboard, chromium):
    """What the proxy adds comes with the socket that Streamlit opens."""
    context = chromium.new_context(extra_http_headers={"X-Forwarded-For": "203.0.113.7"})
    page = context.new_page()
    page.goto(f"{dashboard}/noise?source=Own+picture&study=planted", timeout=PATIENCE)
    wait_for(page, "This dashboard can be reached from other machines and cannot ask who you are")
    wait_for(page, "so no picture is taken in here")
    assert page.get_by_text("planted").count() == 0
    assert page.locator("input[type=file]").count() == 0
    context.close()
