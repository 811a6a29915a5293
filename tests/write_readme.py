"""Fill the documents' figures and sessions: `make readme`. Nothing in them is typed by hand.

The text between `<!-- NAME -->` and `<!-- /NAME -->` is replaced: `accuracy` and `misread` by what
the shipped reader's card recorded, `session` by what the commands really print, `answers` by what
the shipped studies say in a sentence each, and `study` by their tables.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.plain import PlainAnswer, tell_noise, tell_stagnation, tell_transfer
from lpr_core.evidence.tables.cells import tabulate_cells
from lpr_core.evidence.tables.differences import tabulate_findings
from lpr_core.places import SHIPPED_DIR
from lpr_core.report.facts import list_facts
from lpr_core.report.markdown import fold, render_notes, render_table, render_verdicts
from lpr_core.serving.bundle import read_card
from lpr_core.serving.condition import read_condition_card

README = SHIPPED_DIR.parent / "README.md"
MODELS_README = SHIPPED_DIR / "models" / "README.md"
STUDIES_README = SHIPPED_DIR / "studies" / "README.md"
SESSION = (
    "lpr read data/samples/images/0000/000002.jpg data/samples/images/0000/000005.jpg",
    "lpr synthesize --any-length --count 2000 --seed 0 --out drawn",
    "lpr evaluate --manifest data/samples/manifest.csv",
)
SHIPPED_READER = SHIPPED_DIR / "models" / "world"
ROWS = {"1": "one row", "2": "two rows"}


def main() -> None:
    fill_document(README, FIGURES | {"session": render_session})
    fill_document(MODELS_README, MODEL_FIGURES)
    fill_document(STUDIES_README, {"study": render_study})


def render_condition() -> str:
    """Return how well the shipped network tells clean plates, a row for each data set."""
    card = read_condition_card(SHIPPED_DIR / "models" / "condition")
    lines = [
        "| measured on | pictures | balanced accuracy | area under the curve | clean right "
        "| dirty right |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for data, scores in card.accuracy.items():
        lines.append(
            f"| {data} | {scores['count']} | {_show_scored(scores, 'balanced_accuracy')} "
            f"| {_show_scored(scores, 'area_under_curve')} "
            f"| {scores['class_accuracy'][0]:.3f} | {scores['class_accuracy'][1]:.3f} |"
        )
    return "\n".join(lines)


def _show_scored(scores: Mapping[str, Any], name: str) -> str:
    low, high = scores[f"{name}_interval"]
    return f"{scores[name]:.3f} [{low:.3f}, {high:.3f}]"


def fill_document(path: Path, blocks: Mapping[str, Callable[[], str]]) -> None:
    path.write_text(fill_blocks(path.read_text(), blocks))


def fill_blocks(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Replace the named blocks of a Markdown text; KeyError when the text lacks one."""
    for name, render in blocks.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise KeyError(name)
        content = render()
        text = pattern.sub(lambda match, content=content: f"{match[1]}{content}\n{match[2]}", text)
    return text


def render_accuracy() -> str:
    """Return the table of recorded scores, a row for each data set, and for rows where told."""
    lines = [
        "| measured on | plates | read whole (95 % interval) | characters | told at 0.9 and more | "
        "wrong among these |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for data_name, report in read_card(SHIPPED_READER).accuracy.items():
        lines.append(_row(f"**{data_name}**", report))
        if set(report["by_rows"]) >= set(ROWS):
            lines += [_row(name, report["by_rows"][rows]) for rows, name in ROWS.items()]
    return "\n".join(lines)


def render_answers() -> str:
    """Return the shipped studies' plain answers, an item each."""
    hypotheses, noise = _read_answers("hypotheses"), _read_answers("noise")
    told = (tell_transfer(hypotheses), tell_noise(noise), tell_stagnation(hypotheses))
    return "\n".join(_item(answer) for answer in told if answer is not None)


def _read_answers(name: str) -> Answers:
    return Answers.model_validate_json(
        (SHIPPED_DIR / "studies" / name / "answers.json").read_bytes()
    )


def _item(answer: PlainAnswer) -> str:
    doubt = "" if answer.is_sure else " (not sure)"
    return f"- **{answer.question}** {answer.answer}{doubt}"


def render_misread() -> str:
    """Return the most frequent confusions of each data set, as a table."""
    card = read_card(SHIPPED_READER)
    lines = ["| measured on | right, read as (how often) |", "|---|---|"]
    for data_name, report in card.accuracy.items():
        pairs = ", ".join(
            f"{right} as {wrong} ({count:,})" for right, wrong, count in report["misread"]
        )
        lines.append(f"| {data_name} | {pairs} |")
    return "\n".join(lines)


def render_study(studies_dir: Path = SHIPPED_DIR / "studies") -> str:
    """Return what the shipped studies say, from each one's `answers.json`; verdicts stand first."""
    shipped = [
        (path.parent.name, Answers.model_validate_json(path.read_bytes()))
        for path in sorted(studies_dir.glob("*/answers.json"))
    ]
    shipped.sort(key=lambda named: not named[1].verdicts)
    return "\n\n".join(_tell(*named) for named in shipped) or "No study is shipped yet."


def _tell(name: str, answers: Answers) -> str:
    facts = dict(list_facts(answers))
    parts = [
        f"**[{name}]({name}/report.md)**: {answers.facts['question']} "
        f"Plates: {facts['Plates']}. Runs: {facts['Runs']}. Preset: {facts['Preset']}. "
        f"Machine: {facts['Machine']}.",
        *render_notes(answers),
    ]
    if answers.verdicts:
        parts.append(render_verdicts(answers))
    shown = tabulate_findings(answers) if answers.findings else tabulate_cells(answers.cells)
    parts.append(fold(shown.title, render_table(shown)))
    if summary := answers.diagnosis.get("summary"):
        parts.append(f"Why the frozen network fails: {summary}")
    return "\n\n".join(parts)


def _row(name: str, scores: Mapping[str, Any]) -> str:
    low, high = scores["plate_accuracy_interval"]
    wrong = scores["wrong_when_sure"]
    return (
        f"| {name} | {scores['count']:,} | {scores['plate_accuracy']:.3f} "
        f"[{low:.3f}, {high:.3f}] | {scores['character_accuracy']:.3f} "
        f"| {scores['sure_share']:.3f} | {'none' if wrong is None else format(wrong, '.3f')} |"
    )


def render_session() -> str:
    """Return the commands of `SESSION` with their output, as a terminal shows them."""
    lines = ["```console"]
    for command in SESSION:
        lines += [f"$ {command}", *_run(command)]
    return "\n".join([*lines, "```"])


def _run(command: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "data").symlink_to(SHIPPED_DIR)
        program = Path(sys.executable).with_name("lpr")
        finished = subprocess.run(
            [program, *command.split()[1:]], cwd=here, capture_output=True, text=True, check=True
        )
    return [line.rstrip() for line in finished.stdout.splitlines() if line.strip()]


FIGURES = {"accuracy": render_accuracy, "answers": render_answers}
MODEL_FIGURES = {"misread": render_misread, "condition": render_condition}


if __name__ == "__main__":
    main()
