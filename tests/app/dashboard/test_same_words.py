"""Pages and report of one study: the same columns, the same labels, the same forms of numbers."""

import json

import plotly.graph_objects as go
import pytest
import streamlit
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.suspects.judges import judge_suspects
from lpr_core.report import write_report
from lpr_core.report.sections import Section, build_sections
from lpr_core.study.folder.results import StudyFolder
from tests.kit.dashboard_kit import html_of, open_page, said, sit_at_the_machine
from tests.kit.planted_measurements import plant_measurements
from tests.kit.planted_study import plant_study

STUDIES = ("hypotheses", "freeze-depth", "learning-curve", "noise", "cross-validation")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A study of each design, the first one with a diagnosis of which everything is measured."""
    home = tmp_path_factory.mktemp("home")
    size = {"num_plates": 12, "epochs": 2, "pictures": False, "seeds": range(2)}
    for design in STUDIES:
        plant_study(home / "studies" / design, design=design, **size)
    measured = plant_measurements()
    suspects = [found.model_dump(mode="json") for found in judge_suspects(measured)]
    StudyFolder(home / "studies" / "hypotheses").write_diagnosis(
        {"schema": 1, "suspects": suspects, "measurements": measured, "remedies": []}
    )
    return home


@pytest.fixture(scope="module")
def told(home) -> dict[str, tuple[Answers, tuple[Section, ...]]]:
    """What the report of each study is made of."""
    told = {}
    for design in STUDIES:
        folder = StudyFolder(home / "studies" / design)
        answers = write_report(folder).answers
        told[design] = answers, build_sections(answers, folder.histories())
    streamlit.cache_data.clear()
    return told


@pytest.fixture(autouse=True)
def machine(home, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(home))
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", home / "none")
    sit_at_the_machine(monkeypatch)


def written_tables(sections) -> list[tuple]:
    """Return the columns and rows of all tables of a report, those behind claims too."""
    tables = [table for section in sections for table in section.tables]
    tables += [table for section in sections for claim in section.claims for table in claim.tables]
    return [(table.columns, table.rows) for table in tables]


def shown_tables(page) -> list[tuple]:
    """Return the columns of a page's tables, and their values as they are written there."""
    shown = []
    for table in page.dataframe:
        texts = convert_arrow_bytes_to_pandas_df(table.proto.arrow_data.styler.display_values)
        rows = tuple(tuple(map(str, row)) for row in texts.itertuples(index=False))
        shown.append((tuple(table.value.columns), rows))
    return shown


def words_of(figure: go.Figure) -> tuple:
    """Return a figure's titles and forms of axes, its legend, and its description."""
    axes = figure.layout.xaxis, figure.layout.yaxis
    return (
        [(axis.title.text, axis.tickformat) for axis in axes],
        [line.name for line in figure.data if line.showlegend is not False],
        [line.hovertemplate for line in figure.data],
        figure.layout.meta["description"],
    )


def written_figures(sections) -> list[tuple]:
    return [words_of(figure) for section in sections for figure in section.figures]


def shown_figures(page) -> list[tuple]:
    specs = [json.loads(element.proto.spec) for element in page.get("plotly_chart")]
    return [words_of(go.Figure(spec["data"], spec["layout"])) for spec in specs]


def test_tables_of_the_verdicts_are_those_of_the_report(told):
    shown = shown_tables(open_page("verdicts", study="hypotheses"))
    assert len(shown) == 5  # of each hypothesis, and of the cells
    written = written_tables(told["hypotheses"][1])
    assert [table for table in shown if table not in written] == []


def test_each_way_of_a_verdict_has_its_word(told):
    html = html_of(open_page("verdicts", study="hypotheses"))
    written = told["hypotheses"][1]
    for verdict in told["hypotheses"][0].verdicts:
        for part in verdict.parts:
            assert f" {part.outcome.capitalize()}</span>" in html
        assert verdict.words in {claim.outcome for section in written for claim in section.claims}


def test_what_arrives_in_each_backbone_is_written_alike(told):
    (shown,) = shown_tables(open_page("why", study="hypotheses"))
    assert shown in written_tables(told["hypotheses"][1])


def test_what_was_read_behind_a_suspect_is_named_alike(told):
    """The report has as a table what the page draws as bars."""
    written = {row for _, rows in written_tables(told["hypotheses"][1]) for row in rows}
    described = [words[3] for words in shown_figures(open_page("why", study="hypotheses"))]
    bars = [text for text in described if text.startswith("Characters right. ")]
    assert len(bars) == 7
    for text in bars:
        for bar in text.removeprefix("Characters right. ").removesuffix(".").split("; "):
            if ", Whole map" in bar or ", Pooled vector" in bar:
                continue  # two to a row in the report
            name, _, share = bar.removesuffix(" %").rpartition(" ")
            assert any(row[:2] == (name, f"{share} %") for row in written), bar


@pytest.mark.parametrize(
    ("page", "study", "count"),
    [
        ("verdicts", "hypotheses", 1),
        ("noise", "hypotheses", 2),
        ("mistakes", "hypotheses", 1),
        ("noise", "noise", 2),
    ],
)
def test_figures_of_a_page_and_of_the_report_say_the_same(told, page, study, count):
    written = written_figures(told[study][1])
    shown = shown_figures(open_page(page, study=study))
    assert sum(_without_marks(words) in map(_without_marks, written) for words in shown) == count


def _without_marks(words: tuple) -> str:
    return json.dumps([words[0], words[1], words[3]])


@pytest.mark.parametrize(
    ("design", "legend"),
    [
        ("freeze-depth", None),
        ("learning-curve", ["From scratch", "Fine-tuned"]),
        ("noise", ["Fine-tuned"]),
    ],
)
def test_a_factor_is_drawn_alike(told, design, legend):
    shown = shown_figures(open_page("more"))
    (figure,) = [words for words in written_figures(told[design][1]) if words in shown]
    if legend:
        assert figure[1] == legend


def test_folds_are_told_alike(told):
    text = said(open_page("more"))
    written = [rows for columns, rows in written_tables(told["cross-validation"][1]) if rows]
    folds = next(rows for rows in written if len(rows[0]) == 4 and rows[0][0] == "From scratch")
    for name, mean, low, high in folds:
        assert f"{name.lower()}: **{mean}** of the characters ({low} to {high})" in text
