"""The report in a real browser: wide and narrow, light and dark, no error, nobody asked."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lpr_core.report import write_report
from lpr_core.study.folder.results import StudyFolder
from tests.kit.planted_study import plant_study

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "hypotheses"
    write_report(StudyFolder(plant_study(folder, num_plates=20, seeds=[0, 1], pictures=False)))
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/report.html"
        server.shutdown()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_report_reads_well(open_page, report_url, width, dark):
    watched = open_page(report_url, width=width, dark=dark)
    page = watched.page
    page.wait_for_selector("#figure-1 .main-svg")
    figures = page.locator("figure")
    assert figures.count() >= 6
    for number in range(figures.count()):
        box = figures.nth(number).bounding_box()
        assert box["width"] <= width
        assert box["height"] > 200
    # Tables may scroll within themselves, the page may not.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink = page.evaluate("document.querySelector('#figure-1').layout.font.color")
    assert ink == ("#e6eaf0" if dark else "#1c2430")
    page.locator("summary").first.click()
    assert page.get_by_text("Intervals are at 95 %").first.is_visible()
    watched.assert_clean()
