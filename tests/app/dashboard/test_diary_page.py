"""The diary page judges the shipped diary at once, and any other that is pasted."""

import pytest

from tests.kit.dashboard_kit import open_page, said, sit_at_the_machine


@pytest.fixture
def page(monkeypatch, tmp_path):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    sit_at_the_machine(monkeypatch)
    return open_page("diary")


def test_the_shipped_diary_is_judged_at_once(page):
    assert "Of 13 comparisons 4 stand" in said(page)
    assert "The test set had 744 pictures" in said(page)
    assert len(page.dataframe[0].value) == 13


def test_a_pasted_diary_is_judged(page):
    page.text_area(key="diary-text").set_value(
        "factor,level,score\nrate,low,90/100\nrate,high,50/100\n"
    ).run()
    assert "Of 1 comparison 1 stands" in said(page)


def test_a_bad_diary_is_told_in_a_sentence(page):
    page.text_area(key="diary-text").set_value("nothing to see\n").run()
    assert [warning.value for warning in page.warning] == [
        "a diary is a table whose first row names the columns factor, level, and score or right "
        "and count. Received: nothing to see."
    ]
