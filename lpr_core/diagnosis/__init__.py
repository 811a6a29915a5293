"""Why did the frozen network learn its training plates and not others? One module for each suspect.

`bench` holds what they are measured on: the networks, and plates of both sets.
"""

from lpr_core.diagnosis.diagnose import DiagnosisRequest, diagnose_study

__all__ = ["DiagnosisRequest", "diagnose_study"]
