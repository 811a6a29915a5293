"""A design in one file outside the package, as another package offers it: nothing else changes."""

import shutil
import sys
from pathlib import Path

import pytest
import streamlit
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.report import write_report
from lpr_core.study.designs import design_names, find_design, list_designs
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.running.plan import StudyRequest
from lpr_core.study.running.runner import run_study
from tests.kit import toy_design
from tests.kit.dashboard_kit import open_page, said, sit_at_the_machine
from tests.kit.study_kit import tiny_studies
from tests.kit.training_kit import write_plates

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
TOY = Path(toy_design.__file__)


def install(folder: Path, entry: str) -> None:
    """Lay an installed package of one module with one entry point into a folder."""
    shutil.copy(TOY, folder / "lpr_toy.py")
    info = folder / "lpr_toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lpr-toy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[lpr.designs]\ntoy = {entry}\n")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    install(folder, "lpr_toy:DESIGN")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield


@pytest.fixture(scope="module")
def studies(installed, tmp_path_factory):
    """The user's folder with a study of the toy, trained and judged."""
    home = tmp_path_factory.mktemp("home")
    manifest = write_plates(tmp_path_factory.mktemp("plates"))
    with tiny_studies():
        progress = run_study(
            StudyRequest("toy-width", "tiny", manifest, num_seeds=2), home / "studies" / "toy"
        )
    assert (progress.done, progress.failures) == (6, {})
    return home


def test_it_stands_among_the_others_and_is_gone_with_its_package(installed, monkeypatch):
    assert design_names()[-1] == "toy-width"
    assert find_design("toy-width").heading == "How wide may the toy's head be?"
    monkeypatch.setattr("sys.path", [place for place in sys.path if "site0" not in place])
    assert "toy-width" not in design_names()


def test_it_is_trained_and_judged(studies):
    folder = StudyFolder(studies / "studies" / "toy")
    assert summarize_study(folder.path).state == "complete"
    heads = {
        variant: folder.run(variant, 0).read_config()["config"]["network"]["dense_units"]
        for variant in ("units-4", "units-32")
    }
    assert heads == {"units-4": 4, "units-32": 32}
    report = write_report(folder)
    assert [(f.label, f.reference_label) for f in report.answers.findings] == [
        ("Middle head", "Narrow head"),
        ("Wide head", "Narrow head"),
    ]
    text = report.html_path.read_text()
    assert "Does a wide head read more than a narrow one?" in text
    assert "Units of the toy" in text
    assert "Wide head against Narrow head: " in report.markdown_path.read_text()


def test_it_is_shown_on_the_page_more(studies, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(studies))
    sit_at_the_machine(monkeypatch)
    streamlit.cache_data.clear()
    page = open_page("more")
    assert not page.warning
    assert "How wide may the toy's head be?" in [title.value for title in page.subheader]
    text = said(page)
    assert "Three widths of the toy's head." in text
    assert "Wide head against Narrow head: " in text
    titles = [figure.proto.spec for figure in page.get("plotly_chart")]
    assert any("Units of the toy" in spec for spec in titles)


def test_the_command_lists_it(installed):
    result = CliRunner().invoke(app, ["study", "run", "nonsense"])
    assert result.exit_code == 2
    assert "toy-width" in result.output


@pytest.mark.parametrize("entry", ["lpr_nowhere:DESIGN", "lpr_toy:NOTHING", "lpr_toy:LABELS"])
def test_a_broken_package_takes_no_design_away(tmp_path, monkeypatch, entry):
    before = design_names()
    install(tmp_path, entry)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lpr_toy", raising=False)
    assert {*before} - {"toy-width"} <= {*design_names()}


def test_each_shipped_design_says_all_that_pages_tell():
    for design in list_designs():
        assert design.question.endswith("?")
        assert design.about.endswith(".")
        if design.vary is not None:
            assert f"lpr study run {design.name}" in design.command
            assert design.expected.endswith(".")
