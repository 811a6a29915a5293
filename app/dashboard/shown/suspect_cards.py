"""The head of a suspect's card: what it is suspected of, the verdict, what it costs."""

from collections.abc import Mapping
from html import escape
from typing import Any

from lpr_core.evidence.units import percent

LOOKS = {
    "guilty": ("✗", "bad"),
    "partly": ("~", "open"),
    "cleared": ("✓", "good"),
    "not measured": ("·", "unknown"),
}
"""Sign and colour class of each verdict."""


def suspect_head(suspect: Mapping[str, Any]) -> str:
    """Return the question, the verdict as a badge and the charge as a bar."""
    verdict = suspect["verdict"].capitalize()
    sign, colour = LOOKS.get(suspect["verdict"], LOOKS["not measured"])
    name = suspect["name"].replace("_", " ").capitalize()
    role = " (the symptom)" if suspect.get("role") == "symptom" else ""
    share = min(max(float(suspect["strength"]), 0.0), 1.0)
    charge = f"Costs {percent(share)} of all characters" if share else "Costs nothing"
    if suspect["verdict"] == "not measured":
        charge = "What it costs is not known"
    return (
        f'<div class="lpr-claim"><h3>{escape(name)}{role}: {escape(suspect["question"])}</h3>'
        f'<span class="lpr-outcome lpr-{colour}">{sign} {escape(verdict)}</span></div>'
        f'<div class="lpr-charge" role="img" aria-label="{charge}">'
        f'<i class="lpr-{colour}" style="width: {share:.1%}"></i></div>'
        f'<div class="lpr-facts"><span>{charge}</span></div>'
    )
