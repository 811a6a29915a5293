"""What a diagnosis takes from runs that a study has finished: the frozen one, its gap, remedies."""

from lpr_core.diagnosis.differences import average_over_seeds
from lpr_core.evidence.answers import answer_study
from lpr_core.evidence.judging.findings import Finding
from lpr_core.evidence.suspects.measurements import GapMeasurement
from lpr_core.evidence.suspects.suspects import Remedy
from lpr_core.study.designs import find_design
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder, list_studies, studies_dirs
from lpr_core.training.config import TrainingConfig


def find_frozen_variant(record: StudyRecord) -> str:
    """Return the name of the frozen variant with the least noise.

    Raises:
        ValueError: The study has none.
    """
    frozen = [v for v in record.variants if v.factors.get("transfer") == "frozen"]
    if not frozen:
        raise ValueError(
            "a diagnosis needs a frozen variant, as `hypotheses` and `remedies` have it. "
            f"Received: {record.name} ({record.design})"
        )
    return min(frozen, key=lambda variant: float(variant.factors.get("noise", 0.0))).name


def read_frozen_config(folder: StudyFolder, variant: str) -> TrainingConfig:
    """Return the configuration of the variant's first finished run, noise taken away.

    Noise would be a second reason for bad readings; here, features are asked what they hold.

    Raises:
        ValueError: No run of the variant is finished.
    """
    for seed in folder.read_study().seeds:
        if folder.is_done(variant, seed):
            config = TrainingConfig.model_validate(
                folder.run(variant, seed).read_config()["config"]
            )
            return config.model_copy(update={"noise_strength": 0.0, "camera_severity": None})
    raise ValueError(
        f"a diagnosis starts from a finished run of {variant}; {folder.path.name} has none yet."
    )


def measure_gap(folder: StudyFolder, variant: str) -> GapMeasurement:
    """Read from the variant's finished runs how they read training and validation plates.

    Raises:
        ValueError: No run of the variant is finished.
    """
    record = folder.read_study()
    done = [seed for seed in record.seeds if folder.is_done(variant, seed)]
    if not done:
        raise ValueError(f"{record.name} has no finished run of {variant}.")
    metrics = [folder.run(variant, seed).read_metrics() for seed in done]
    train = [float(row["train"]["character_accuracy"]) for row in metrics]
    validation = [float(row["character_accuracy"]) for row in metrics]
    return GapMeasurement(
        variant=variant,
        seeds=len(done),
        train=average_over_seeds(train).value,
        validation=average_over_seeds(validation).value,
        baseline=float(record.data.baseline["character_accuracy"]),
        gap=average_over_seeds([a - b for a, b in zip(train, validation, strict=True)]),
    )


def find_remedies(folder: StudyFolder) -> StudyFolder | None:
    """Return the study of remedies on the same plates and with the same settings.

    The folder itself, one beside it, or one among the user's or the shipped studies.
    """
    asked = folder.read_study()
    places = dict.fromkeys((folder.path.parent, *studies_dirs()))
    for study in list_studies(*places):
        if not study.runs_done or not find_design(study.design).tries_remedies:
            continue
        found = StudyFolder(study.path)
        record = found.read_study()
        is_same = record.preset == asked.preset and record.base_config == asked.base_config
        if is_same and record.data.fingerprint == asked.data.fingerprint:
            return found
    return None


def judge_remedies(folder: StudyFolder) -> list[Remedy]:
    """Say what each remedy gained, in the words in which the study of remedies says it itself."""
    found = answer_study(read_inputs(folder)).findings
    return [_name_remedy(finding) for finding in found]


def _name_remedy(finding: Finding) -> Remedy:
    compared = finding.comparison
    return Remedy(
        name=compared.variant,
        label=finding.label,
        gain=compared.effect,
        low=compared.low,
        high=compared.high,
        seeds=compared.num_seeds,
        sentence=finding.sentence,
    )
