"""`lpr diary` prints what stands, as words, JSON and Markdown."""

import json

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.data.shipped import shipped_diary


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(shipped_diary())
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["diary", *map(str, arguments)])


def test_words_and_markdown(path, tmp_path):
    result = run(path, "--out", tmp_path / "judged.md")
    assert result.exit_code == 0
    assert result.output.startswith("Of 13 comparisons 4 stand")
    assert "  stands: base, frozen with unfrozen\n" in result.output
    assert (tmp_path / "judged.md").read_text().count("| stands |") == 4


def test_json(path):
    told = json.loads(run(path, "--json", "--pictures", "100").output)
    assert (told["count"], len(told["comparisons"])) == (100, 13)


def test_a_bad_diary_is_a_sentence(path):
    path.write_text("a,b\n1,2\n")
    result = run(path)
    assert result.exit_code == 2
    assert "Received: a, b" in result.output
    assert "Traceback" not in result.output
