"""The content of a report, section by section, before it becomes HTML or Markdown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lpr_core import charts
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.curves import band_histories
from lpr_core.evidence.judging.factorial import describe_effects
from lpr_core.evidence.tables import cells, differences, factors, mistakes, noise, verdicts
from lpr_core.evidence.tables.suspects import tabulate_suspect
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.wording import describe_intervals, tell_method
from lpr_core.study.designs import find_design


@dataclass(frozen=True)
class Statement:
    """A sentence with what it came to, and how it was found.

    Attributes:
        title: What is claimed, or asked.
        outcome: In a few words.
        sentence: With its numbers.
        method: Told on demand; may be empty.
        tables: Numbers behind it.
    """

    title: str
    outcome: str
    sentence: str
    method: str = ""
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Section:
    """One part of a report.

    Attributes:
        title: Heading.
        paragraphs: Sentences, in order.
        claims: Verdicts or findings.
        figures: Plotly figures; only HTML shows them.
        tables: Numbers.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    claims: tuple[Statement, ...] = ()
    figures: tuple[go.Figure, ...] = ()
    tables: tuple[Table, ...] = ()


def build_sections(answers: Answers, histories: pd.DataFrame) -> tuple[Section, ...]:
    """Return all sections that the study has something to say in.

    Args:
        answers: Every number.
        histories: Of all runs, for the curves.
    """
    styles = charts.style_variants(
        {"name": cell.variant, "label": cell.label, "factors": cell.factors}
        for cell in answers.cells
    )
    sections = (
        _tell_verdicts(answers),
        _tell_findings(answers),
        _tell_cells(answers, styles),
        _tell_curves(histories, styles),
        _tell_noise(answers, styles),
        _tell_diagnosis(answers),
        _tell_mistakes(answers, styles),
    )
    return tuple(section for section in sections if section is not None)


def _tell_verdicts(answers: Answers) -> Section | None:
    if not answers.verdicts:
        return None
    claims = tuple(
        Statement(
            f"{verdict.hypothesis} {verdict.title}",
            verdict.words,
            " ".join(verdict.sentences),
            verdict.method,
            (verdicts.tabulate_parts(verdict),),
        )
        for verdict in answers.verdicts
    )
    return Section("Verdicts", claims=claims)


def _tell_findings(answers: Answers) -> Section | None:
    if not answers.findings:
        return None
    sentences = tuple(finding.sentence for finding in answers.findings)
    figures = [_plot_findings(answers)]
    if len(answers.findings) > 1 and (figure := _plot_factor(answers)) is not None:
        figures.insert(0, figure)
    shown = [differences.tabulate_findings(answers)]
    if answers.folds:
        shown.append(cells.tabulate_folds(answers))
    told = (*sentences, tell_method("comparisons"))
    return Section("What was found", told, figures=tuple(figures), tables=tuple(shown))


def _plot_findings(answers: Answers) -> go.Figure:
    return charts.plot_differences(*differences.frame_findings(answers))


def _plot_factor(answers: Answers) -> go.Figure | None:
    axis = find_design(str(answers.facts.get("design", ""))).axis
    if axis is None:
        return None
    means, scores = factors.frame_factor(answers, axis.factor, axis.series)
    if means.empty:
        return None
    return charts.plot_factor(
        means, scores, axis.title, colours=charts.SERIES_COLOURS, as_share=axis.is_share
    )


def _tell_cells(answers: Answers, styles: Mapping[str, charts.Style]) -> Section:
    over = describe_intervals([len(cell.by_seed) for cell in answers.cells if cell.by_seed])
    paragraphs = [
        f"Intervals are at 95 %, {over}. Points are runs, one for each seed.",
        *(f"{found.sentence} {describe_effects(found)}" for found in answers.interactions),
    ]
    figures = []
    shown = cells.frame_cells(answers)
    if answers.verdicts and len(shown):
        limits = cells.name_limits(answers)
        figures.append(charts.plot_cells(shown, cells.frame_scores(answers), styles, limits=limits))
    return Section(
        "How well each variant reads",
        tuple(paragraphs),
        figures=tuple(figures),
        tables=(
            cells.tabulate_cells(answers.cells),
            *(
                differences.tabulate_interaction(found)
                for found in answers.interactions
                if found.table
            ),
        ),
    )


def _tell_curves(histories: pd.DataFrame, styles: Mapping[str, charts.Style]) -> Section | None:
    if histories.empty:
        return None
    figures = [
        charts.plot_bands(bands, styles, measure)
        for measure in ("character_accuracy", "loss")
        if len(bands := band_histories(histories, measure))
    ]
    note = (
        f"{_describe_means(histories)}, epoch by epoch. Training values are measured while "
        "the network learns, with dropout and noise; the table above has clean ones."
    )
    return Section("How they learned", (note,), figures=tuple(figures))


def _describe_means(histories: pd.DataFrame) -> str:
    if histories.groupby("variant")["seed"].nunique().max() == 1:
        return "One training each, so no bands"
    if histories["variant"].nunique() > charts.MAX_BANDS:
        return "Means over seeds, without bands, for so many would hide each other"
    return "Means over seeds with bands at 95 %"


def _tell_noise(answers: Answers, styles: Mapping[str, charts.Style]) -> Section | None:
    if not answers.response:
        return None
    labels = {cell.variant: cell.label for cell in answers.cells}
    claims = tuple(
        Statement(f"{labels[found.variant]}: was it too strong?", found.answer, found.sentence)
        for found in answers.noise
    )
    over = describe_intervals([knee.num_seeds for knee in answers.knees])
    response = noise.frame_response(answers)
    figures = (
        charts.plot_dose_response(response, styles, knees=noise.frame_knees(answers)),
        charts.plot_noise_map(noise.frame_map(answers)),
    )
    return Section(
        "Noise: dose and response",
        (
            "The knee is the strength at which a variant has lost a tenth of what it reads above "
            f"the most frequent symbols; its interval at 95 % is {over}.",
        ),
        claims,
        figures,
        (noise.tabulate_knees(answers), noise.tabulate_response(answers)),
    )


def _tell_diagnosis(answers: Answers) -> Section | None:
    suspects: Iterable[Mapping[str, str]] = answers.diagnosis.get("suspects", ())
    measurements = answers.diagnosis.get("measurements", {})
    claims = tuple(
        Statement(
            suspect.get("question", suspect.get("name", "")),
            suspect.get("verdict", ""),
            f"{suspect.get('sentence', '')} Measured: {suspect.get('measured', '')}",
            f"Guilty if {suspect.get('guilty_if', '')}",
            tabulate_suspect(suspect.get("name", ""), measurements),
        )
        for suspect in suspects
    )
    if not claims:
        return None
    summary = answers.diagnosis.get("summary")
    remedies = [remedy["sentence"] for remedy in answers.diagnosis.get("remedies", ())]
    paragraphs = tuple([summary] if summary else []) + tuple(remedies)
    return Section("Why the frozen network does not generalise", paragraphs, claims)


def _tell_mistakes(answers: Answers, styles: Mapping[str, charts.Style]) -> Section | None:
    if not answers.misread:
        return None
    return Section(
        "Mistakes",
        figures=(charts.plot_slots(mistakes.frame_slots(answers), styles),),
        tables=(mistakes.tabulate_misread(answers),),
    )
