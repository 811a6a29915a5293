"""The documents name only what exists; their figures are those of cards and shipped studies."""

import json
import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.serving.bundle import read_card
from tests.write_readme import (
    FIGURES,
    MODEL_FIGURES,
    MODELS_README,
    README,
    STUDIES_README,
    fill_blocks,
    render_study,
)

TEXT = README.read_text()
ROOT_DIR = README.parent
CONTRIBUTING = (ROOT_DIR / "CONTRIBUTING.md").read_text()
DOCUMENTS = [
    README,
    ROOT_DIR / "CONTRIBUTING.md",
    *(path for path in (ROOT_DIR / "docs").glob("*.md") if path.name != "journal.md"),
    *(ROOT_DIR / "data").rglob("README.md"),
]
ALL_TEXT = "\n".join(path.read_text() for path in DOCUMENTS)


def test_a_new_reader_s_first_page_is_short():
    assert len(TEXT.splitlines()) <= 120


def test_the_figures_are_those_of_the_card_and_of_the_studies():
    assert fill_blocks(TEXT, FIGURES) == TEXT
    models = MODELS_README.read_text()
    assert fill_blocks(models, MODEL_FIGURES) == models


def test_the_verdicts_are_those_of_the_shipped_studies():
    studies = STUDIES_README.read_text()
    assert fill_blocks(studies, {"study": render_study}) == studies


def test_the_shipped_reader_and_its_network_for_keras_are_of_one_kind():
    seven = MODELS_README.parent / "seven"
    card = read_card(seven)
    config = json.loads((seven / "recognizer.json").read_text())
    assert config["plate_format"] == card.plate_format.model_dump()
    assert (config["height"], config["width"]) == (card.height, card.width)
    assert config["weights"] == "none"
    assert (seven / "recognizer.weights.h5").is_file()


def test_the_accuracy_names_a_test_split():
    assert re.search(r"\*\*real-plates/test\*\* \| 5\d\d \|", TEXT)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:lpr_core|tests|data|app)/[\w./-]+)`", ALL_TEXT)))
)
def test_paths_exist(path):
    assert (ROOT_DIR / path).exists()


def test_the_picture_is_there_and_small_enough_for_git():
    (link,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert 10_000 < (ROOT_DIR / link).stat().st_size < 1_000_000


def test_links_lead_to_files():
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([\w./-]+)\)", document.read_text()):
            assert (document.parent / link).exists(), (document, link)


def test_the_lines_of_python_run(monkeypatch, capsys):
    monkeypatch.chdir(ROOT_DIR)
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(code, {})
    assert re.match(r"[A-Z0-9?]+ 0\.\d+ ", capsys.readouterr().out)


def test_the_tree_names_every_room():
    tree = CONTRIBUTING.split("## The house")[1].split("## To change")[0]
    rooms = {p.name for p in (ROOT_DIR / "lpr_core").iterdir() if (p / "__init__.py").exists()}
    assert rooms <= set(re.findall(r"^  (\w+)/", tree, re.MULTILINE))


def test_commands_and_their_options_exist():
    commands = get_command(app).commands
    for words in re.findall(r"`?(?:^|`|\$ )lpr ([a-z][^`\n]*)", ALL_TEXT, re.MULTILINE):
        name, *rest = words.split()
        arguments = [name, *rest[:1]] if hasattr(commands[name], "commands") else [name]
        shown = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, words
        for option in re.findall(r"--[a-z-]+", words):
            assert option in shown.output, (words, option)


def test_make_targets_exist():
    makefile = (ROOT_DIR / "Makefile").read_text()
    for target in set(re.findall(r"make ([a-z]+)(?=[`\s])", ALL_TEXT)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_nobody_s_machine_stands_in_the_documents():
    for document in DOCUMENTS:
        assert not re.search(r"(?<!\w)/(?:home|work|tmp|root)/", document.read_text()), document
