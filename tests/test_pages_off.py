"""A page that fails is noticed, after a click as well; and people get a sentence all the same."""

import shutil
import sys

import pytest

from app.serve import ROOT_DIR
from tests.kit.dashboard_kit import html_of, open_page

PAGES = sorted(path.stem for path in (ROOT_DIR / "app" / "dashboard_pages").glob("*.py"))
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
        page = copy / "dashboard_pages" / f"{name}.py"
        page.write_text(f"{line}\n{page.read_text(encoding='utf-8')}", encoding="utf-8")
        return str(copy / "dashboard.py")

    return put


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_fails_fails_its_test(name, put_on_top):
    with pytest.raises(AssertionError, match="^off"):
        open_page(name, script=put_on_top(FAULT, name))


def test_a_page_that_fails_after_a_click_fails_its_test(put_on_top):
    page = open_page("home", script=put_on_top(AT_A_CLICK, "home"))
    click = page.button[0].click()
    with pytest.raises(AssertionError, match="^off"):
        click.run()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("faults_are_told")
def test_people_are_told_of_a_page_that_fails(name, put_on_top, caplog):
    page = open_page(name, script=put_on_top(FAULT, name))
    assert [warning.value for warning in page.warning] == [
        "This page cannot be shown: RuntimeError: off. "
        "The files of the study do not fit each other; the dashboard's log says more."
    ]
    assert "LPR workbench, the dashboard." in html_of(page)
    assert "failed" in caplog.text
