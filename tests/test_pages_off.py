"""A page that fails is noticed, after a click as well; and people get a sentence all the same."""

import json
import shutil
import sys
from subprocess import CompletedProcess

import pytest

from app.labeler.pages.view import PAGES as LABEL_PAGES
from app.serve import ROOT_DIR
from tests.kit import dashboard_kit
from tests.kit.dashboard_kit import html_of
from tests.pages_off import DASHBOARD_DIR, LABELER_DIR, PAGES, all_failed, page_of

DASHBOARD_PAGES = sorted(path.stem for path in (ROOT_DIR / DASHBOARD_DIR).glob("[!_]*.py"))
SHEETS = sorted(path.parent.name for path in (ROOT_DIR / LABELER_DIR).glob("*/page.html"))
FAULT = 'raise RuntimeError("off")'
AT_A_CLICK = f'import streamlit\nif streamlit.button("Go on"):\n    {FAULT}'


@pytest.fixture
def put_on_top(tmp_path, monkeypatch):
    """A function that puts a line on top of a page in a copy of the dashboard; its script."""
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LPR_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setattr(sys, "path", [*sys.path])  # the copy adds itself

    def put(line: str, name: str) -> str:
        copy = shutil.copytree(ROOT_DIR / "app", tmp_path / "app")
        page = copy / "dashboard" / "views" / f"{name}.py"
        page.write_text(f"{line}\n{page.read_text(encoding='utf-8')}", encoding="utf-8")
        return str(copy / "dashboard" / "main.py")

    return put


@pytest.mark.parametrize("name", DASHBOARD_PAGES)
def test_a_page_that_fails_fails_its_test(name, put_on_top):
    with pytest.raises(AssertionError, match="off"):
        dashboard_kit.open_page(name, script=put_on_top(FAULT, name))


def test_a_page_that_fails_after_a_click_fails_its_test(put_on_top):
    page = dashboard_kit.open_page("home", script=put_on_top(AT_A_CLICK, "home"))
    click = page.button[0].click()
    with pytest.raises(AssertionError, match="off"):
        click.run()


@pytest.mark.parametrize("name", DASHBOARD_PAGES)
@pytest.mark.usefixtures("faults_are_told")
def test_people_are_told_of_a_page_that_fails(name, put_on_top, caplog):
    page = dashboard_kit.open_page(name, script=put_on_top(FAULT, name))
    assert [warning.value for warning in page.warning] == [
        "This page cannot be shown: RuntimeError: off. "
        "The files of the study do not fit each other; the dashboard's log says more."
    ]
    assert "LPR workbench, the dashboard." in html_of(page)
    assert "failed" in caplog.text


def put_into_script(name: str):
    """A handler of a request: the page as it is, with a fault on top of its script."""
    script = (ROOT_DIR / LABELER_DIR / name / "script.js").read_text(encoding="utf-8")
    first = json.dumps(script.partition("\n")[0])[1:-1]

    def answer(route) -> None:
        text = route.fetch().text()
        route.fulfill(body=text.replace(first, f"throw new Error('off'); {first}"))

    return answer


@pytest.mark.browser
def test_a_script_that_fails_fails_the_test_of_its_page(start_app, free_port, open_page):
    app = start_app(["-m", "tests.kit.labeler_process"], free_port)
    for path, name in {path: path.replace(".", "sheet") for path in LABEL_PAGES}.items():
        watched = open_page("about:blank")
        watched.page.route(f"{app.url}/{path}", put_into_script(name))
        with watched.page.expect_console_message(lambda message: "Error: off" in message.text):
            watched.page.goto(f"{app.url}/{path}")
        with pytest.raises(AssertionError, match="Error: off"):
            watched.assert_clean()


# --- the command


def test_the_command_breaks_every_page():
    assert set(SHEETS) == {path.replace(".", "sheet") for path in LABEL_PAGES}
    tops = {page_of(mutation) for mutation in PAGES if "on top" in mutation.attack}
    assert tops >= {*DASHBOARD_PAGES, *SHEETS}
    less = {page_of(mutation) for mutation in PAGES if "on top" not in mutation.attack}
    assert less == {*DASHBOARD_PAGES, *SHEETS}


@pytest.mark.parametrize("mutation", PAGES, ids=lambda mutation: mutation.attack)
def test_what_is_broken_is_where_the_command_looks(mutation):
    assert (ROOT_DIR / mutation.path).read_text(encoding="utf-8").count(mutation.line) == 1
    for test in mutation.tests:
        path, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in (ROOT_DIR / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "last", "found"),
    [
        (1, "2 failed in 1.00s", True),
        (1, "1 failed, 1 passed in 1.00s", False),
        (1, "1 failed, 1 skipped in 1.00s", False),
        (1, "1 failed, 1 error in 1.00s", False),
        (0, "2 passed in 1.00s", False),
        (4, "no tests ran in 0.00s", False),
    ],
)
def test_only_tests_that_all_fail_have_noticed(code, last, found):
    assert all_failed(CompletedProcess([], code, f"F\n{last}\n")) == found
