"""What `diagnosis.json` holds: suspects, what was measured of each, and remedies."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel

from lpr_core.evidence.suspects.measurements import (
    DriftMeasurement,
    FeaturesMeasurement,
    GapMeasurement,
    MemoryMeasurement,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
)
from lpr_core.evidence.suspects.suspects import Remedy, Suspect

_MEASUREMENTS: dict[str, type[BaseModel]] = {
    "gap": GapMeasurement,
    "memory": MemoryMeasurement,
    "position": PositionMeasurement,
    "features": FeaturesMeasurement,
    "drift": DriftMeasurement,
    "batch_statistics": NormMeasurement,
    "input_scale": ScaleMeasurement,
}


def _check_measurements(found: dict[str, Any]) -> dict[str, Any]:
    for name, value in found.items():
        if name in _MEASUREMENTS:
            _MEASUREMENTS[name].model_validate(value)
    return found


class DiagnosisRecord(BaseModel):
    """What must hold of a diagnosis where it says something of these; the rest may be anything.

    Attributes:
        suspects: The most guilty first.
        remedies: What each gained.
        remedies_note: Why there are none.
        summary: One sentence.
        measurements: By suspect.
    """

    suspects: list[Suspect] = []
    remedies: list[Remedy] = []
    remedies_note: str = ""
    summary: str = ""
    measurements: Annotated[dict[str, Any], AfterValidator(_check_measurements)] = {}
