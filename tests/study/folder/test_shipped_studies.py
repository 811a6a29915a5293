"""The shipped studies: each file follows from the runs, and every page shows them."""

import math
import os

import pytest

from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.places import SHIPPED_DIR
from lpr_core.report.markdown import render_markdown
from lpr_core.report.sections import build_sections
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder, summarize_study
from tests.kit.dashboard_kit import open_page, said

STUDIES = sorted(path.parent.name for path in (SHIPPED_DIR / "studies").glob("*/study.json"))


@pytest.fixture(params=STUDIES)
def folder(request) -> StudyFolder:
    return StudyFolder(SHIPPED_DIR / "studies" / request.param)


@pytest.fixture
def answers(folder) -> Answers:
    return answers_of(folder.path.name)


def answers_of(name: str) -> Answers:
    return Answers.model_validate(StudyFolder(SHIPPED_DIR / "studies" / name).read_answers())


def flatten(value, path: str = "") -> dict:
    """Return the numbers and texts of nested lists and dictionaries by their path."""
    if not isinstance(value, list | dict):
        return {path: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {
        place: leaf for key, item in items for place, leaf in flatten(item, f"{path}/{key}").items()
    }


def are_alike(one, other) -> bool:
    """Whether two values are the same, but for last digits, which are the processor's."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return one == other


def test_there_are_some():
    assert "hypotheses" in STUDIES


def test_answers_count_the_runs_that_are_there(folder, answers):
    summary = summarize_study(folder.path)
    assert summary.name == folder.read_study().name == answers.facts["name"]
    assert (summary.runs_done, summary.runs_total) == (answers.num_runs, answers.num_wanted)
    assert answers.facts["seeds"] == list(folder.read_study().seeds)


def test_answers_are_those_of_the_runs_and_the_diagnosis(folder, answers):
    assert answers.runs_fingerprint == folder.fingerprint()
    assert answers.diagnosis == folder.read_diagnosis()


def test_the_diagnosis_tells_what_the_remedies_gained(folder, answers):
    if answers.diagnosis:
        told = [remedy["sentence"] for remedy in answers.diagnosis["remedies"]]
        assert told == [finding.sentence for finding in answers_of("remedies").findings]


def test_answers_can_be_computed_again(folder, answers):
    saved = flatten(answers.model_dump(mode="json"))
    again = flatten(answer_study(read_inputs(folder)).model_dump(mode="json"))
    assert again.keys() == saved.keys()
    assert {p: (again[p], saved[p]) for p in saved if not are_alike(again[p], saved[p])} == {}


def test_the_report_holds_these_answers(folder, answers):
    sections = build_sections(answers, folder.histories())
    assert render_markdown(answers, sections) == (folder.path / "report.md").read_text()


def test_plates_that_are_not_drawn_are_masked_and_without_pictures(folder):
    data = folder.read_study().data
    if data.kind != "drawn":
        assert data.masked
        assert not list(folder.path.rglob("*.jpg"))


def test_drawn_plates_have_pictures(folder):
    num_plates = len(folder.plates())
    found = [folder.picture_path(plate) is not None for plate in range(0, num_plates, 97)]
    assert all(found) if folder.read_study().data.kind == "drawn" else not any(found)


def test_no_picture_is_shipped_twice():
    pictures = [path.read_bytes() for path in (SHIPPED_DIR / "studies").rglob("*.jpg")]
    assert len(set(pictures)) == len(pictures)


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """Nothing but what is shipped."""
    for name in [name for name in os.environ if name.startswith("LPR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path))


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("page", ["verdicts", "runs", "noise", "why", "mistakes"])
def test_every_page_of_a_study_shows_it(page, folder):
    record, name = folder.read_study(), folder.path.name
    shown = open_page(page, study=name)
    assert not shown.error
    assert not shown.warning
    assert shown.selectbox(key="study").value == name
    assert record.data.description in said(shown)
    if page == "runs" or (page == "verdicts" and record.design == "hypotheses"):
        assert shown.get("plotly_chart")
    if page == "mistakes":
        assert ("plates of this study are masked" in said(shown)) is record.data.masked


@pytest.mark.usefixtures("bare_machine")
def test_the_page_more_shows_the_other_designs():
    shown = open_page("more")
    assert not shown.error
    assert not shown.warning
    designs = {StudyFolder(SHIPPED_DIR / "studies" / name).read_study().design for name in STUDIES}
    assert len(shown.get("plotly_chart")) == len(designs - {"hypotheses"})
