"""The pages of a study without a browser: full, half-way, empty and broken results."""

import json
import re
import shutil

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from app.dashboard.chosen.study_answers import fit_results
from app.dashboard.chosen.study_view import StudyView
from lpr_core.charts import MAX_BANDS
from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.masking import mask_study
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.intake.from_runs import make_study
from tests.kit.dashboard_kit import html_of, open_page, said, sit_at_the_machine
from tests.kit.planted_study import Variant, hypotheses_variants, plant_study
from tests.kit.tiny_reader import write_tiny_bundle

OF_STUDY = ("verdicts", "runs", "noise", "why", "mistakes")
EVERY_RUN = [(variant.name, seed) for variant in hypotheses_variants() for seed in range(8)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Studies of every design and state, planted once."""
    home = tmp_path_factory.mktemp("home") / "studies"
    size = {"num_plates": 12, "epochs": 2}
    plant_study(home / "hypotheses", **size)
    for design in ("noise", "freeze-depth", "learning-curve", "cross-validation"):
        plant_study(home / design, design=design, seeds=range(2), pictures=False, **size)
    plant_study(
        home / "halfway", seeds=range(2), missing=EVERY_RUN[1::8], failed=EVERY_RUN[:1], **size
    )
    plant_study(home / "begun", seeds=range(1), missing=EVERY_RUN, diagnosis=False, **size)
    plant_study(home / "broken", seeds=range(1), **size)
    (home / "broken" / "study.json").write_text('{"schema": 1')
    plant_study(home / "cut", seeds=range(2), **size)
    for path in (home / "cut" / "runs").glob("*/seed-0/predictions.csv.gz"):
        path.write_bytes(b"no gzip")
    plant_study(home / "single", seeds=range(1), pictures=False, **size)
    plant_study(home / "undiagnosed", seeds=range(1), diagnosis=False, pictures=False, **size)
    plant_study(home / "unfit", seeds=range(1), diagnosis=False, **size)
    (home / "unfit" / "plates.csv").write_text("plate,image_path,truth,plate_region\n")
    streamlit.cache_data.clear()  # once for all tests: what is kept goes by a study's files
    return home.parent


@pytest.fixture(autouse=True)
def machine(planted, tmp_path, monkeypatch):
    """A machine that has the planted studies and a tiny reader, and nothing else."""
    monkeypatch.setenv("LPR_DATA_DIR", str(planted))
    monkeypatch.setenv("LPR_READER", str(write_tiny_bundle(tmp_path / "reader")))
    monkeypatch.delenv("LPR_RUNS_DIR", raising=False)
    monkeypatch.delenv("LPR_LABELER_URL", raising=False)
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    monkeypatch.setattr("lpr_core.data.shipped.SHIPPED_DIR", tmp_path)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", tmp_path)
    sit_at_the_machine(monkeypatch)


def figures(page: AppTest) -> list:
    return page.get("plotly_chart")


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


OTHERS = "over other seeds and other plates of the same kind"
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


def test_four_cards_with_verdict_effect_and_sentence():
    page = open_page("verdicts")
    html = html_of(page)
    assert re.findall(r"<h3>(H\d) ·", html) == ["H1", "H2", "H3", "H4"]
    assert html.count('<span class="lpr-outcome') == 4
    assert "✗ Frozen" in html
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


def offers(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.key.startswith("offer_")]


def test_pages_offer_the_study_that_answers_another_question():
    page = open_page("noise", study="hypotheses")
    assert offers(page) == ["See every strength in training: noise"]
    page.button(key="offer_noise").click().run()
    assert page.selectbox(key="study").value == "noise"
    assert page.query_params["study"] == "noise"
    assert offers(page) == []


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
    answers["verdicts"][0]["sentence"] = "As saved."
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


def test_a_study_of_another_question_is_sent_on():
    page = open_page("verdicts", study="noise")
    assert "Its answer is on the page More" in said(page)


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
