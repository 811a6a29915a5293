"""Answers and reports: of whole, partial and broken studies; the same numbers everywhere."""

import json
import re
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.evidence.judging.factorial import describe_effects
from lpr_core.evidence.noise import Knee
from lpr_core.evidence.tables.cells import tabulate_cells
from lpr_core.evidence.tables.differences import tabulate_findings
from lpr_core.evidence.tables.mistakes import tabulate_misread
from lpr_core.evidence.tables.noise import frame_knees, tabulate_knees
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.tables.verdicts import tabulate_parts
from lpr_core.evidence.units import percent, points
from lpr_core.report import Report, write_report
from lpr_core.report.markdown import render_markdown, render_table, render_verdicts
from lpr_core.report.page import render_page
from lpr_core.report.sections import build_sections
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import DESIGNS
from tests.write_readme import render_study


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Report:
    path = plant_study(tmp_path_factory.mktemp("studies") / "hypotheses", num_plates=60)
    return write_report(StudyFolder(path))


def answer(path: Path) -> Answers:
    return answer_study(read_inputs(StudyFolder(path)))


def test_answers_hold_every_part(planted):
    answers = planted.answers
    assert [verdict.hypothesis for verdict in answers.verdicts] == ["H1", "H2", "H3", "H4"]
    assert (len(answers.cells), len(answers.contrasts), len(answers.interactions)) == (6, 15, 2)
    assert (len(answers.knees), len(answers.noise), len(answers.response)) == (6, 3, 48)
    assert (answers.num_runs, answers.num_wanted, answers.notes) == (48, 48, ())
    assert answers.findings == ()
    assert answers.diagnosis["suspects"][0]["verdict"] == "guilty"
    assert answers.find_cell("fine-tuned").characters.mean > 0.9


def test_answers_survive_json(planted):
    saved = json.loads(planted.answers_path.read_text())
    assert saved["schema"] == 3
    assert Answers.model_validate(saved) == planted.answers
    assert saved["runs_fingerprint"] == StudyFolder(planted.answers_path.parent).fingerprint()


def test_equal_studies_equal_answers(planted, tmp_path):
    again = write_report(StudyFolder(plant_study(tmp_path / "hypotheses", num_plates=60)))
    assert again.answers == planted.answers
    assert again.html_path.read_text() == planted.html_path.read_text()


def test_noise_and_h3_say_the_same(planted):
    parts = {part.scope: part for part in planted.answers.verdicts[2].parts}
    for found, scope in zip(planted.answers.noise, parts, strict=True):
        assert (found.cost, found.low) == (parts[scope].effect, parts[scope].low)


def test_both_pages_show_the_numbers_of_the_answers(planted):
    html, markdown = planted.html_path.read_text(), planted.markdown_path.read_text()
    for verdict in planted.answers.verdicts:
        for sentence in verdict.sentences:
            assert sentence in markdown
            assert escape(sentence) in html
    for finding in planted.answers.noise:
        assert finding.sentence in markdown
    cell = planted.answers.cells[0].characters
    assert f"<td>{percent(cell.mean)}</td><td>{percent(cell.low)}</td>" in html


def test_the_page_needs_nothing_else(planted):
    html = planted.html_path.read_text()
    assert 4e6 < len(html) < 6e6
    page = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"""(src|href)=["']?https?:""", page)
    assert html.count("plotly.js v") == 1
    assert page.count('role="img" aria-label="') == page.count("<figcaption>") >= 6
    assert "prefers-color-scheme: dark" in html


def test_words_of_a_study_cannot_become_code(tmp_path):
    path = plant_study(tmp_path / "own", design="noise", seeds=[0], num_plates=5)
    record = json.loads((path / "study.json").read_text())
    record["question"] = "<script>alert(1)</script>"
    record["variants"][0]["label"] = "<img src=x onerror=alert(1)>"
    (path / "study.json").write_text(json.dumps(record))
    html = write_report(StudyFolder(path)).html_path.read_text()
    assert "<script>alert" not in html
    assert "<img" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("design", [name for name in DESIGNS if name != "hypotheses"])
def test_every_design_has_a_report(tmp_path, design):
    path = plant_study(tmp_path / design, design=design, seeds=range(2), num_plates=12)
    report = write_report(StudyFolder(path))
    assert report.answers.findings
    assert report.answers.verdicts == ()
    assert "## What was found" in report.markdown_path.read_text()
    assert bool(report.answers.folds) == (design == "cross-validation")


def test_a_partial_study_says_so(tmp_path):
    path = plant_study(
        tmp_path / "partial",
        seeds=[0, 1],
        num_plates=12,
        missing=[("none", 1)],
        failed=[("frozen+noise", seed) for seed in (0, 1)],
        diagnosis=False,
    )
    report = write_report(StudyFolder(path))
    assert report.answers.notes[0].startswith("9 of 12 runs are there")
    assert any("frozen+noise, seed 0, failed: The loss" in note for note in report.answers.notes)
    assert any("it takes 6 at least" in note for note in report.answers.notes)
    assert "no run" in report.markdown_path.read_text()
    parts = [part for verdict in report.answers.verdicts for part in verdict.parts]
    assert {str(part.outcome) for part in parts} == {"undecided"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("noisy_predictions.csv.gz", b"no gzip"),
        ("predictions.csv.gz", b""),
        ("predictions.csv.gz", b"\x1f\x8b\x08\x00cut off"),
        ("noisy_predictions.csv.gz", None),
        ("metrics.json", b"{"),
    ],
)
def test_a_broken_run_is_a_fault_not_a_crash(tmp_path, name, content):
    path = plant_study(tmp_path / "broken", seeds=[0, 1], num_plates=6)
    file = path / "runs" / "none" / "seed-1" / name
    file.unlink() if content is None else file.write_bytes(content)
    inputs = read_inputs(StudyFolder(path))
    assert ("none", 1) not in inputs.correct
    assert len(answer_study(inputs).verdicts) == 4


def test_a_run_that_did_not_read_all_plates_is_a_fault(tmp_path):
    path = plant_study(tmp_path / "broken", seeds=[0, 1], num_plates=6)
    run = StudyFolder(path).run("none", 1)
    run.write_predictions(run.read_predictions().head(4))
    inputs = read_inputs(StudyFolder(path))
    assert inputs.faults["none", 1].endswith("plates. Received: 4, 6 readings")
    assert len(answer_study(inputs).verdicts) == 4


def test_a_plate_that_does_not_exist_is_a_fault(tmp_path):
    path = plant_study(tmp_path / "broken", seeds=[0, 1], num_plates=6)
    folder = StudyFolder(path)
    table = folder.noisy_predictions("none", 0)
    folder.write_noisy_predictions("none", 0, table.assign(plate=table["plate"] + 100))
    assert "cannot be read" in read_inputs(folder).faults["none", 0]


def test_no_run_no_report(tmp_path):
    everything = [(name.name, 0) for name in DESIGNS["noise"]()]
    path = plant_study(tmp_path / "empty", design="noise", seeds=[0], missing=everything)
    with pytest.raises(ValueError, match="at least one finished run"):
        write_report(StudyFolder(path))


def test_no_folder_no_report(tmp_path):
    with pytest.raises(FileNotFoundError, match="no study"):
        write_report(StudyFolder(tmp_path))


def test_the_command(tmp_path):
    path = plant_study(tmp_path / "own", seeds=[0, 1], num_plates=12)
    answered = CliRunner().invoke(app, ["study", "report", str(path)])
    assert answered.exit_code == 0, answered.output
    assert "H1 The network suits licence plates\n" in answered.output
    assert f"Written: {path / 'report.html'}" in answered.output


def test_the_command_of_another_design_and_of_nothing(tmp_path):
    path = plant_study(tmp_path / "own", design="noise", seeds=[0], num_plates=6)
    assert "against Trained with noise 0.00" in (
        CliRunner().invoke(app, ["study", "report", str(path)]).output
    )
    missing = CliRunner().invoke(app, ["study", "report", str(tmp_path / "nowhere")])
    assert missing.exit_code == 2
    assert "There is no study" in missing.output


def test_the_table_of_the_readme(planted):
    lines = render_verdicts(planted.answers).splitlines()
    assert lines[0] == "| Hypothesis | Verdict | Effect (simultaneous 95 % interval) | p (Holm) |"
    assert len(lines) == 2 + 4 + 3 + 2 + 3 + 2
    part = planted.answers.verdicts[1].parts[0]
    assert f"| Frozen | {part.outcome} | {points(part.effect)} pp (" in "\n".join(lines)


def test_the_parts_of_an_interval_stand_beside_it(planted):
    verdict = planted.answers.verdicts[1]
    table, part = tabulate_parts(verdict), verdict.parts[0]
    assert table.columns[2:9] == (
        *("Effect", "Simultaneous 95 % interval", "Seeds alone (BCa)", "Plates alone"),
        *("p", "p (Holm)", "p (signs flipped)"),
    )
    found = part.comparisons[0]
    assert table.rows[0][8] == f"{found.p_signs:.4f}"
    assert table.rows[0][2:6] == (
        f"{points(part.effect)} pp",
        f"{points(part.low)} to {points(part.high)}",
        f"{points(found.seeds_low)} to {points(found.seeds_high)}",
        f"{points(found.plates_low)} to {points(found.plates_high)}",
    )


def test_a_best_cell_is_told_against_its_rival(planted):
    verdict = planted.answers.verdicts[3]
    part = verdict.parts[0]
    assert tabulate_parts(verdict).rows[0][0] == f"Frozen, less {part.rival}"


def test_each_interaction_tells_its_main_effects(planted):
    text = planted.markdown_path.read_text()
    for found in planted.answers.interactions:
        assert f"{found.sentence} {describe_effects(found)}" in text


def test_counts_of_misread_symbols_cannot_be_taken_for_symbols(planted):
    worst = planted.answers.misread["frozen"][0]
    row = tabulate_misread(planted.answers).rows[2]
    assert row[1].startswith(f"{worst.truth} as {worst.read} ({worst.count})")


def test_a_knee_that_is_open_upwards_is_drawn_to_the_strongest_noise(planted):
    knee = Knee(variant="none", strength=0.2, low=0.1, high=None, tried_to=0.26, num_seeds=2)
    beyond = knee.model_copy(update={"strength": None, "low": None})
    answers = planted.answers.model_copy(update={"knees": (knee, beyond)})
    assert frame_knees(answers).values.tolist() == [["none", 0.2, 0.1, 0.26]]
    assert [row[1:] for row in tabulate_knees(answers).rows] == [
        ("0.200", "0.100 to beyond 0.26"),
        ("beyond 0.26", "beyond 0.26"),
    ]


def test_one_seed_is_told_wherever_an_interval_stands(tmp_path):
    path = plant_study(tmp_path / "hypotheses", seeds=[0], num_plates=12, diagnosis=False)
    answers = answer(path)
    sections = build_sections(answers, StudyFolder(path).histories())
    text = render_markdown(answers, sections)
    alone = "over other plates alone, for there is one seed"
    assert f"Intervals are at 95 %, {alone}." in text
    assert f"its interval at 95 % is {alone}." in text
    learned = next(section for section in sections if section.title == "How they learned")
    assert learned.paragraphs[0].startswith("One training each, so no bands, ")
    assert "| Transfer | Verdict | Effect | Simultaneous 95 % interval, plates alone |" in text
    assert "**Variants, with 95 % intervals, plates alone**" in text
    assert "| Variant | Knee | 95 % interval, plates alone |" in text
    assert "log odds" not in text
    assert ", plates alone) | " in render_verdicts(answers)


def test_variants_of_one_seed_among_others_are_told(tmp_path):
    path = plant_study(
        tmp_path / "noise", design="noise", seeds=[0, 1], num_plates=6, missing=[("noise-0.05", 1)]
    )
    answers = answer(path)
    cells = build_sections(answers, StudyFolder(path).histories())[1]
    assert cells.paragraphs[0].startswith(
        "Intervals are at 95 %, over other seeds and other plates of the same kind; "
        "where there is one seed, over other plates alone."
    )


def test_what_was_measured_stands_behind_its_suspect(planted):
    layers = [{"name": f"block{n}", "weight_change": 0.1, "cka": None} for n in range(20)]
    drift = {"layers": layers, "frozen": 0.3, "tuned": 0.5}
    diagnosis = {**planted.answers.diagnosis, "measurements": {"drift": drift}}
    answers = planted.answers.model_copy(update={"diagnosis": diagnosis})
    sections = build_sections(answers, pd.DataFrame())
    text, html = render_markdown(answers, sections), render_page(answers, sections)
    assert "| Fine-tuned features | 50.0 % |" in text
    assert "<summary>How far fine-tuning moved each layer</summary>" in text
    assert html.count("<td>block19</td><td>10.0 %</td><td></td>") == 1


def test_a_table_cell_cannot_end_early():
    assert "a&#124;b" in render_table(Table("t", pd.DataFrame({"x": ["a|b"]})))


def test_the_readme_s_block_is_made_of_shipped_answers(planted, tmp_path):
    assert render_study(tmp_path) == "No study is shipped yet."
    block = render_study(planted.answers_path.parents[1])
    name = planted.answers_path.parent.name
    assert block.startswith(f"**[{name}]({name}/report.md)**: ")
    assert "Plates: planted plates; 600 to learn from, 60 to be measured" in block
    assert render_verdicts(planted.answers) in block
    assert "\n> " not in block
    assert render_table(tabulate_cells(planted.answers.cells)) in block


def test_the_readme_tells_verdicts_first_and_findings_of_the_rest(planted, tmp_path):
    (tmp_path / "hypotheses").mkdir()
    verdicts = planted.answers_path.read_bytes()
    (tmp_path / "hypotheses" / "answers.json").write_bytes(verdicts)
    path = plant_study(tmp_path / "a-curve", design="noise", seeds=[0, 1], num_plates=6)
    found = write_report(StudyFolder(path)).answers
    block = render_study(tmp_path)
    assert found.notes
    assert all(f"\n\n> {note}\n\n" in block for note in found.notes)
    assert block.index("[hypotheses]") < block.index("[a-curve]")
    assert render_table(tabulate_findings(found)) in block
