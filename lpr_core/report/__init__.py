"""What a study says, written down: `answers.json`, one HTML page, one Markdown page.

All three hold the same numbers: the pages are made from the answers alone, and from the histories
for their curves.
"""

from dataclasses import dataclass
from pathlib import Path

from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.files import write_text_atomic
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder

__all__ = ["Report", "write_report"]


@dataclass(frozen=True)
class Report:
    """Where a report lies.

    Attributes:
        answers: Every number, from which everything else is made.
        answers_path: The same as JSON.
        html_path: One page that needs no other file and no network.
        markdown_path: The same without figures.
    """

    answers: Answers
    answers_path: Path
    html_path: Path
    markdown_path: Path


def write_report(folder: StudyFolder) -> Report:
    """Compute a study's answers and write them into its folder.

    Raises:
        FileNotFoundError: The folder holds no study.
        ValueError: The study's record is damaged, or none of its runs is finished.
    """
    inputs = read_inputs(folder)
    if not inputs.correct:
        raise ValueError(
            f"a report needs at least one finished run. Received: {folder.path.name} with none"
        )
    from lpr_core.report.markdown import render_markdown
    from lpr_core.report.page import render_page
    from lpr_core.report.sections import build_sections

    answers = answer_study(inputs)
    folder.write_answers(answers.model_dump(mode="json", by_alias=True))
    sections = build_sections(answers, folder.histories())
    report = Report(
        answers,
        folder.path / "answers.json",
        folder.path / "report.html",
        folder.path / "report.md",
    )
    write_text_atomic(report.html_path, render_page(answers, sections))
    write_text_atomic(report.markdown_path, render_markdown(answers, sections))
    return report
