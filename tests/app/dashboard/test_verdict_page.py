"""The page of verdicts without a browser: cards, intervals, the account's cells, saved answers."""

import re

import pytest

from app.dashboard.chosen.study_answers import fit_results
from app.dashboard.chosen.study_view import StudyView
from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder, summarize_study
from tests.kit.dashboard_kit import html_of, open_page, said
from tests.kit.study_pages import figures, offers

pytestmark = pytest.mark.usefixtures("machine")


def test_four_cards_with_verdict_effect_and_sentence():
    page = open_page("verdicts")
    html = html_of(page)
    assert re.findall(r"<h3>(H\d) ·", html) == ["H1", "H2", "H3", "H4"]
    assert html.count('<span class="lpr-outcome') == 3 + 2 + 3 + 2
    assert '<span class="lpr-scope">Frozen</span><span class="lpr-outcome lpr-bad">✗ ' in html
    assert re.search(r"<strong>.\d\d\.\d pp</strong><small>.\d\d\.\d to .\d\d\.\d</small>", html)
    assert len(page.get("popover")) == 5  # how each was found, and bring a study
    assert sum("p (Holm) " in element.value for element in page.markdown) >= 4


def test_the_table_of_a_verdict_has_intervals_over_seeds_and_over_plates_alone():
    table = next(t.value for t in open_page("verdicts").dataframe if "Verdict" in t.value)
    for column in ("Seeds alone (BCa)", "Plates alone"):
        assert table[column].str.fullmatch(r"\d\d\.\d % to \d\d\.\d %").all()


def test_an_effect_of_one_seed_says_so_beside_its_interval():
    assert "<small>over plates alone</small>" in html_of(open_page("verdicts", study="single"))
    assert "<small>over plates alone</small>" not in html_of(open_page("verdicts"))


def test_interactions_have_main_effects_and_log_odds_where_seeds_differ():
    told = said(open_page("verdicts"))
    assert told.count("Averaged over the other factor, transfer brings ") == 2
    assert told.count("In log odds, which know no ceiling") == 2
    assert "log odds" not in said(open_page("verdicts", study="single"))


def test_differences_name_cells_for_people():
    alt = figures(open_page("verdicts"))[1].proto.alt
    assert "H4 Frozen + noise less from scratch + noise:" in alt
    assert "none+noise" not in alt


def test_a_study_without_verdicts_offers_one_that_has_them():
    page = open_page("verdicts", study="noise")
    assert offers(page) == ["See the verdicts of hypotheses"]
    page.button(key="offer_hypotheses").click().run()
    assert "H1" in html_of(page)


def test_the_account_s_four_cells_are_one_click_away():
    page = open_page("verdicts")
    assert "Fine-tuned" in figures(page)[0].proto.alt
    page.button_group(key="cells").set_value("2 × 2, as in the account").run()  # noqa: RUF001
    assert "Fine-tuned" not in figures(page)[0].proto.alt


def test_verdicts_come_from_the_saved_answers_while_they_fit(planted):
    folder = StudyFolder(planted / "studies" / "hypotheses")
    answers = answer_study(read_inputs(folder)).model_dump(mode="json", by_alias=True)
    answers["verdicts"][0]["parts"][0]["sentence"] = "As saved."
    path = folder.path / "answers.json"
    try:
        folder.write_answers(answers)
        assert "As saved." in said(open_page("verdicts"))
        path.write_text("{")
        assert "As saved." not in said(open_page("verdicts"))
        view = StudyView(summarize_study(folder.path), folder.read_study(), "")
        saved = Answers.model_validate(answers)
        assert fit_results(saved, view)
        for changed in (
            {"runs_fingerprint": "of other runs"},
            {"facts": {**saved.facts, "seeds": [0, 1]}},
            {"diagnosis": {**saved.diagnosis, "summary": "As it was before."}},
        ):
            assert not fit_results(saved.model_copy(update=changed), view)
    finally:
        path.unlink()


def test_a_study_of_another_question_is_sent_on():
    page = open_page("verdicts", study="noise")
    assert "Its answer is on the page More" in said(page)
