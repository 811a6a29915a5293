"""Studies: variants times seeds on the same plates, run to the end, whatever happens on the way.

Here is what can be known without Keras; `lpr_core.study.running.runner.run_study` trains.
"""

from lpr_core.study.designs import Design, Variant, build_design, design_names
from lpr_core.study.folder.outcome import StudyOutcome, correctness
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder, StudySummary, find_study, list_studies
from lpr_core.study.presets import StudyPreset, find_preset, study_preset_names

__all__ = [
    "Design",
    "StudyFolder",
    "StudyOutcome",
    "StudyPreset",
    "StudyRecord",
    "StudySummary",
    "Variant",
    "build_design",
    "correctness",
    "design_names",
    "find_preset",
    "find_study",
    "list_studies",
    "study_preset_names",
]
