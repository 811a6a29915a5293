"""Every number of a study that is published anywhere, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.cells import Cell, Score, score_cell, score_crossed
from lpr_core.evidence.judging.comparisons import Comparison, contrast_variants
from lpr_core.evidence.judging.factorial import Interaction, find_interactions
from lpr_core.evidence.judging.families import compare
from lpr_core.evidence.judging.findings import Finding, find_differences
from lpr_core.evidence.judging.learning import Curves, find_untrained
from lpr_core.evidence.judging.noisy_plates import add_noisy_plates
from lpr_core.evidence.judging.parts import Verdict
from lpr_core.evidence.judging.strength import NoiseFinding, judge_strength
from lpr_core.evidence.judging.verdicts import judge_hypotheses
from lpr_core.evidence.mistakes import count_confusions, list_misread
from lpr_core.evidence.noise import Knee, NoisyCorrect, find_knees, tabulate_response
from lpr_core.evidence.notes import list_notes
from lpr_core.evidence.readings import Correct, Factors

_NUM_MISREAD = 10


@dataclass(frozen=True)
class StudyInputs:
    """What a study left behind, as plain values.

    Attributes:
        asked: What its design asks.
        facts: Name, design, question and whatever else of the record is told on every page.
        labels: What people read, by variant.
        factors: Levels by variant.
        seeds: Seeds that were asked for.
        correct: What each finished run read right on clean validation plates.
        noisy: The same at each strength of noise.
        texts: By variant and seed: `truth, text` on clean plates; none where they are masked.
        metrics: By variant and seed: `metrics.json`.
        curves: By variant and seed: the main score on validation examples after each epoch.
        faults: By variant and seed: why the run failed or cannot be read.
        baseline: Character accuracy of the most frequent symbols.
        usable: Character accuracy from which on a reader is of use.
        fingerprint: Of all predictions.
        diagnosis: What `lpr study diagnose` found; empty when it did not run.
    """

    asked: Asked
    facts: Mapping[str, Any]
    labels: Mapping[str, str]
    factors: Factors
    seeds: Sequence[int]
    correct: Correct
    noisy: NoisyCorrect
    texts: Mapping[tuple[str, int], pd.DataFrame]
    metrics: Mapping[tuple[str, int], Mapping[str, Any]]
    curves: Curves
    faults: Mapping[tuple[str, int], str]
    baseline: float
    usable: float
    fingerprint: str
    diagnosis: Mapping[str, Any] = field(default_factory=dict)


class Misreading(BaseModel):
    """A symbol that is read for another.

    Attributes:
        truth: What stood there.
        read: What was read.
        count: How often, over all runs of the variant.
        share: Of all times that the true symbol stood there.
    """

    model_config = ConfigDict(frozen=True)

    truth: str
    read: str
    count: int
    share: float


class Dose(BaseModel):
    """What a variant reads at one strength of noise."""

    model_config = ConfigDict(frozen=True)

    variant: str
    strength: float
    mean: float
    low: float
    high: float
    num_seeds: int


class Answers(BaseModel):
    """Everything that a study says; pages, reports and documents take their numbers from here.

    Attributes:
        schema_version: Version of this file's shape and of how it is judged; where an older file
            would be shown, its study is judged anew.
        facts: What the study is about; see `StudyInputs`.
        runs_fingerprint: Of the predictions that all this was computed from.
        num_runs: Finished runs.
        num_wanted: Runs that were asked for.
        notes: What a reader of the numbers has to know: missing runs, too few seeds, and who had
            learned too little to be compared with.
        baseline: Character accuracy of the most frequent symbols.
        usable: Character accuracy from which on a reader is of use.
        cells: How well each variant reads.
        untrained: Variants that were not trained far enough, and why; see `find_untrained`.
        verdicts: On H1 to H4; none for other designs.
        interactions: Of transfer and noise; none for other designs.
        contrasts: Each pair of cells of the hypotheses, adjusted for all pairs.
        findings: Each variant against its reference; none where hypotheses are judged.
        folds: Where folds are joined, what all folds together read, by way of transfer.
        response: What is read at each strength of noise.
        knees: Where each variant's reading breaks.
        noise: Whether the noise was too strong, for each variant trained with noise.
        misread: The most frequent mistakes by variant.
        diagnosis: Why transfer failed; empty without one.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_version: Literal[3] = Field(default=3, alias="schema")
    facts: dict[str, Any]
    runs_fingerprint: str
    num_runs: int
    num_wanted: int
    notes: tuple[str, ...]
    baseline: float
    usable: float
    cells: tuple[Cell, ...]
    untrained: dict[str, str] = {}
    verdicts: tuple[Verdict, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    contrasts: tuple[Comparison, ...] = ()
    findings: tuple[Finding, ...] = ()
    folds: dict[str, Score] = {}
    response: tuple[Dose, ...] = ()
    knees: tuple[Knee, ...] = ()
    noise: tuple[NoiseFinding, ...] = ()
    misread: dict[str, tuple[Misreading, ...]] = {}
    diagnosis: dict[str, Any] = {}

    def find_cell(self, variant: str) -> Cell:
        """Return the scores of a variant.

        Raises:
            ValueError: There is no such variant.
        """
        for cell in self.cells:
            if cell.variant == variant:
                return cell
        known = ", ".join(cell.variant for cell in self.cells)
        raise ValueError(f"the study has the variants {known}. Received: {variant!r}")


def answer_study(inputs: StudyInputs) -> Answers:
    """Return everything that a study says; equal inputs give equal answers."""
    asked = inputs.asked
    metric = str(inputs.facts.get("metric", "character_accuracy"))
    cells = tuple(
        score_cell(variant, inputs.labels[variant], levels, inputs.correct, inputs.metrics, metric)
        for variant, levels in inputs.factors.items()
    )
    untrained = find_untrained(cells, inputs.curves, inputs.usable)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    if asked.judges_hypotheses:
        verdicts = judge_hypotheses(
            inputs.correct, inputs.factors, inputs.baseline, inputs.usable, untrained
        )
    else:
        findings = find_differences(asked, inputs.correct, inputs.factors, inputs.labels, untrained)
    response = tabulate_response(inputs.noisy)
    knees = find_knees(inputs.noisy, inputs.baseline)
    verdicts = add_noisy_plates(verdicts, inputs.factors, response)
    return Answers(
        facts=dict(inputs.facts),
        runs_fingerprint=inputs.fingerprint,
        num_runs=len(inputs.correct),
        num_wanted=len(inputs.factors) * len(inputs.seeds),
        notes=list_notes(cells, inputs.seeds, inputs.faults, untrained),
        baseline=inputs.baseline,
        usable=inputs.usable,
        cells=cells,
        untrained=untrained,
        verdicts=verdicts,
        interactions=(
            find_interactions(inputs.correct, inputs.factors, untrained)
            if asked.judges_hypotheses
            else ()
        ),
        contrasts=_contrast_all(inputs) if asked.judges_hypotheses else (),
        findings=findings,
        folds=_join_folds(inputs) if asked.joins_folds else {},
        response=tuple(Dose.model_validate(row) for row in response.to_dict("records")),
        knees=knees,
        noise=_judge_noise(inputs.factors, verdicts, findings, knees, response),
        misread=_list_mistakes(inputs),
        diagnosis=dict(inputs.diagnosis),
    )


def _contrast_all(inputs: StudyInputs) -> tuple[Comparison, ...]:
    variants = list(inputs.factors)
    pairs = [
        contrast_variants(inputs.correct, variant, reference)
        for place, reference in enumerate(variants)
        for variant in variants[place + 1 :]
    ]
    return tuple(compare([contrast for contrast in pairs if contrast is not None]))


def _judge_noise(
    factors: Factors,
    verdicts: Sequence[Verdict],
    findings: Sequence[Finding],
    knees: Sequence[Knee],
    response: pd.DataFrame,
) -> tuple[NoiseFinding, ...]:
    """Collect what was decided about noise on clean plates, by H3 or by a finding."""
    decided = [
        (part.comparisons[0], part.outcome)
        for verdict in verdicts
        if verdict.hypothesis == "H3"
        for part in verdict.parts
        if part.comparisons
    ] + [
        (finding.comparison, finding.direction)
        for finding in findings
        if _differ_by_noise(factors, finding.comparison)
    ]
    return tuple(
        judge_strength(
            {**comparison.model_dump(), "outcome": outcome},
            factors[comparison.variant],
            knees,
            response,
        )
        for comparison, outcome in decided
    )


def _differ_by_noise(factors: Factors, comparison: Comparison) -> bool:
    ours, theirs = factors[comparison.variant], factors[comparison.reference]
    return theirs != ours and theirs == {**ours, "noise": 0.0}


def _join_folds(inputs: StudyInputs) -> dict[str, Score]:
    """Return what each way of transfer reads of all folds' plates, each plate read once."""
    ways = dict.fromkeys(str(levels.get("transfer", "all")) for levels in inputs.factors.values())
    joined = {}
    for way in ways:
        folds = [v for v, f in inputs.factors.items() if str(f.get("transfer", "all")) == way]
        rows = [_join_plates(inputs.correct, folds, seed) for seed in inputs.seeds]
        whole = [row for row in rows if row is not None]
        if whole:
            joined[way] = score_crossed(np.stack(whole))
    return joined


def _join_plates(correct: Correct, folds: Sequence[str], seed: int) -> NDArray[np.float64] | None:
    if not all((fold, seed) in correct for fold in folds):
        return None
    return np.concatenate([correct[fold, seed].mean(axis=1) for fold in folds])


def _list_mistakes(inputs: StudyInputs) -> dict[str, tuple[Misreading, ...]]:
    mistakes = {}
    for variant in inputs.factors:
        tables = [table for (name, _), table in inputs.texts.items() if name == variant]
        if tables:
            pairs = list_misread(count_confusions(pd.concat(tables))).head(_NUM_MISREAD)
            rows = pairs.to_dict("records")
            mistakes[variant] = tuple(Misreading.model_validate(row) for row in rows)
    return mistakes
