"""The pages of a study without a browser: full, half-way, empty and broken results."""

import json
import re
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from lpr_core.charts import MAX_BANDS
from lpr_core.study.folder.masking import mask_study
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.intake.from_runs import make_study
from tests.kit.dashboard_kit import html_of, open_page, said, sit_at_the_machine
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant
from tests.kit.study_pages import EVERY_RUN, OTHERS, figures, offers

pytestmark = pytest.mark.usefixtures("machine")

OF_STUDY = ("verdicts", "runs", "noise", "why", "mistakes")


@pytest.mark.parametrize("name", OF_STUDY)
def test_each_page_shows_a_full_study_and_where_it_was_made(name):
    page = open_page(name, study="hypotheses")
    assert "laptop preset, 2 CPU cores · 6 variants x 8 seeds" in said(page)
    assert not page.warning
    assert name == "why" or figures(page)
    assert all(figure.proto.alt for figure in figures(page))


@pytest.mark.parametrize("name", OF_STUDY)
@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("begun", "None of its 6 runs is finished yet"),
        ("broken", "The study cannot be read"),
        ("halfway", "5 of 12 runs are finished, 1 failed."),
    ],
)
def test_each_page_says_what_an_unfinished_or_broken_study_lacks(name, study, words):
    assert words in said(open_page(name, study=study))


def test_an_unbegun_study_is_told_the_command_that_goes_on(planted):
    path = planted / "studies" / "begun"
    command = f"`lpr study run hypotheses --preset laptop --out {path}`"
    assert f"{command} goes on where it stopped" in said(open_page("runs", study="begun"))


def test_the_user_s_study_comes_before_a_shipped_one_of_its_name(tmp_path, monkeypatch):
    plant_study(tmp_path / "studies" / "noise", seeds=range(1), num_plates=6, missing=EVERY_RUN)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", tmp_path)
    assert "8 variants x 2 seeds" in said(open_page("runs", study="noise"))


ALONE = "over other plates alone, for there is one seed"


@pytest.mark.parametrize(("study", "over"), [("hypotheses", OTHERS), ("single", ALONE)])
@pytest.mark.parametrize("name", ["verdicts", "noise", "mistakes"])
def test_captions_say_what_intervals_are_over(name, study, over):
    told = said(open_page(name, study=study))
    assert [text for text in (OTHERS, ALONE) if text in told] == [over]


@pytest.mark.parametrize("name", [*OF_STUDY, "more"])
def test_each_page_says_how_a_study_is_made_where_there_is_none(name, tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "empty"))
    assert "`lpr study run " in said(open_page(name))


@pytest.mark.parametrize(
    ("study", "name", "words"),
    [
        (
            "cut",
            "verdicts",
            "A file of the run cannot be read: predictions.csv.gz is damaged: Not a gzipped file",
        ),
        ("cut", "runs", "All 6 runs together trained for"),  # of 12
        ("cut", "noise", "the nearest that the runs were tested with"),
        ("cut", "why", "No remedy was tried yet."),
        ("undiagnosed", "why", "This study has no diagnosis yet."),
    ],
)
def test_what_fits_of_a_study_is_shown(study, name, words):
    assert words in said(open_page(name, study=study))


@pytest.mark.parametrize("name", OF_STUDY)
def test_a_study_without_plates_is_told_on_each_page(name):
    page = open_page(name, study="unfit")
    assert [warning.value for warning in page.warning] == [
        "The study cannot be read: plates.csv holds no plates. Choose another study, or run it "
        "anew."
    ]


def test_mistakes_of_a_study_with_damaged_runs_are_those_of_the_others():
    page = open_page("mistakes", study="cut")
    assert not page.warning
    assert page.get("plotly_chart")


def test_pages_offer_the_study_that_answers_another_question():
    page = open_page("noise", study="hypotheses")
    assert offers(page) == ["See every strength in training: noise"]
    page.button(key="offer_noise").click().run()
    assert page.selectbox(key="study").value == "noise"
    assert page.query_params["study"] == "noise"
    assert offers(page) == []


def test_uploaded_runs_of_two_noise_strengths_have_their_pages(tmp_path, monkeypatch):
    noises = [("a", 0.0), ("b", 0.05), ("c", 0.1)]
    variants = [Variant(name, {"transfer": "none", "noise": noise}, 0.9) for name, noise in noises]
    home = tmp_path / "own" / "studies"
    folder = plant_study(home / "mine", variants=variants, seeds=range(2), num_plates=6, epochs=2)
    (folder / "study.json").unlink()
    make_study(folder)
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "own"))
    page = open_page("verdicts")
    assert "Which of these trainings read best?" in said(page)
    assert "no hypothesis can be judged" in said(page)
    page = open_page("runs")
    assert "single trainings" in said(page)
    assert page.button_group(key="variants").value == [
        "From scratch",
        "From scratch, noise 0.05",
        "From scratch, noise 0.1",
    ]


def test_runs_show_curves_gaps_costs_and_differences():
    page = open_page("runs", run_b="Frozen, with noise")
    assert len(figures(page)) == 3
    differences = page.dataframe[0].value
    assert list(differences.loc["noise_strength"]) == ["0", "0.1"]


def test_fewer_variants_and_another_measure_can_be_shared():
    page = open_page("runs", variants="Frozen", measure="Loss", lines="Validation")
    assert page.button_group(key="variants").value == ["Frozen"]
    alt = figures(page)[0].proto.alt
    assert alt.startswith("Loss by epoch. Last means: Frozen, validation")
    assert "training" not in alt


def test_single_trainings_are_told_apart_from_a_study_s_runs(planted, tmp_path, monkeypatch):
    loose = tmp_path / "own" / "studies" / "loose"
    shutil.copytree(planted / "studies" / "single", loose)
    record = json.loads((loose / "study.json").read_text())
    (loose / "study.json").write_text(json.dumps({**record, "preset": "own"}))
    (loose / "diagnosis.json").unlink()
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "own"))
    assert "in the last epoch, with noise and dropout" in said(open_page("runs"))
    assert "has none that can be asked" in said(open_page("why"))
    monkeypatch.setenv("LPR_DATA_DIR", str(planted))
    assert "of the plates that they learned from, without noise" in said(open_page("runs"))


def test_a_single_seed_has_no_bands():
    assert "there are no bands, for there is one seed" in said(open_page("runs", study="single"))


def test_many_variants_begin_with_their_validation_curves_and_say_why_there_are_no_bands():
    page = open_page("runs", study="learning-curve")
    assert page.button_group(key="lines").value == ["validation"]
    assert f"bands are drawn of up to {MAX_BANDS} variants" in said(page)


def test_why_a_run_failed_is_told():
    page = open_page("runs", study="halfway")
    assert "The loss is not a number any more, in epoch 2." in said(page)


def run_cards(page: AppTest) -> list[str]:
    """What the runs read, in words."""
    grid = next(e.proto.body for e in page.get("html") if "lpr-runs" in e.proto.body)
    return re.findall(r'aria-label="Read ([^:"]*):', grid)


def test_noise_shows_what_each_run_reads_at_the_strength():
    page = open_page("noise", strength="0.0", seed="3")
    faint = run_cards(page)
    assert len(faint) == 6
    page.slider(key="strength").set_value(0.26).run()
    strong = run_cards(page)
    assert len(strong) == 6
    assert strong != faint
    assert "at strength 0.26, the nearest" in said(page)


def test_noise_draws_dose_response_and_the_map():
    alts = [figure.proto.alt for figure in figures(open_page("noise", study="noise"))]
    assert any(alt.startswith("Characters right as noise grows.") for alt in alts)
    assert any("on 0.26 reads best" in alt for alt in alts)


def test_why_ranks_the_suspects():
    html = html_of(open_page("why"))
    badges = re.findall(r'<span class="lpr-outcome [^"]*">. ([^<]*)</span>', html)
    assert badges == ["Guilty", "Partly", "Cleared", "Not measured"]


def test_why_without_a_diagnosis_says_how_to_get_one(planted):
    page = open_page("why", study="undiagnosed")
    assert "`lpr study diagnose undiagnosed` measures the suspects" in said(page)


def test_why_sends_a_study_without_a_frozen_network_to_one_that_has_it(planted):
    diagnosis = planted / "studies" / "noise" / "diagnosis.json"
    content = diagnosis.read_bytes()
    try:
        diagnosis.unlink()
        page = open_page("why", study="noise")
    finally:
        diagnosis.write_bytes(content)
    assert "`lpr study diagnose hypotheses` asks." in said(page)
    assert "diagnose noise" not in said(page)
    assert offers(page) == ["See it for the study hypotheses"]


def test_mistakes_compare_two_runs_on_the_same_plates():
    page = open_page("mistakes", run_a="Frozen", run_b="Fine-tuned", seed_a="2")
    text = said(page)
    assert re.search(r"only \*Frozen, seed 2\* reads \*\*\d+\*\*", text)
    assert "McNemar's exact test" in text
    assert "<img src=" in html_of(page)


def test_a_run_is_not_compared_with_itself():
    page = open_page("mistakes", run_a="Frozen", run_b="Frozen", seed_a="2", seed_b="2")
    assert "Choose two different runs." in said(page)
    assert "McNemar" not in said(page)


def test_a_masked_study_shows_no_confusions(planted, tmp_path, monkeypatch):
    plain = StudyFolder(planted / "studies" / "learning-curve")
    mask_study(plain, tmp_path / "own" / "studies" / "masked")
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "own"))
    page = open_page("mistakes")
    assert "The plates of this study are masked" in said(page)
    assert not page.dataframe
    assert "texts masked" in said(page)
    assert plain.plates()["truth"][0] not in html_of(page)
    assert "each text stands for another one" in said(open_page("noise"))


def test_mistakes_of_one_slot():
    everywhere = open_page("mistakes").dataframe[0].value["Times"].sum()
    in_one = open_page("mistakes", slot="3").dataframe[0].value["Times"].sum()
    assert 0 < in_one < everywhere


def test_more_answers_each_design():
    page = open_page("more")
    assert len(figures(page)) == 4
    told = said(page)
    assert "`lpr study run remedies` would answer it." in told
    assert re.search(r"All folds together, from scratch: \*\*\d\d\.\d %\*\* of the char", told)
    assert told.count(f"95 % intervals {OTHERS}.") == 4


def test_a_path_opens_only_where_nobody_else_can_reach_the_server(planted, tmp_path, monkeypatch):
    plant_study(tmp_path / "elsewhere", seeds=range(1), num_plates=6, epochs=2)
    path = str(tmp_path / "elsewhere")
    assert open_page("runs", study=path).selectbox(key="study").value == path
    sit_at_the_machine(monkeypatch, address="0.0.0.0")
    assert not open_page("runs", study=path).selectbox


def test_the_first_page_answers_three_questions_and_leads_to_their_studies():
    page = open_page("home")
    shown = html_of(page)
    questions = ("Does transfer learning help?", "Was the noise too strong?", "Why does the frozen")
    assert [shown.count(question) for question in questions] == [1, 1, 1]
    assert "percentage points" in said(page)
    links = [link.proto.label for link in page.get("page_link")]
    assert links[:3] == ["Study hypotheses", "Study noise", "Study hypotheses"]


def test_the_first_page_answers_nothing_where_no_study_is(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "empty"))
    assert "Does transfer learning help?" not in html_of(open_page("home"))
