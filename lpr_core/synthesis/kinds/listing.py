"""All plates that can be drawn, and those of one region."""

from lpr_core.synthesis.kinds.american import SOUTH_AMERICAN, UNITED_STATES
from lpr_core.synthesis.kinds.european import EUROPEAN
from lpr_core.synthesis.kinds.plate_design import PlateDesign

DESIGNS: tuple[PlateDesign, ...] = (*SOUTH_AMERICAN, *EUROPEAN, *UNITED_STATES)
"""In this order: which design a seed draws depends on it."""


def list_designs(region: str | None = None) -> tuple[PlateDesign, ...]:
    """Return the designs of a region, of a family (`us` has all `us-...`), or all of them.

    Raises:
        ValueError: No design has that region; the message lists the known ones.
    """
    if region is None:
        return DESIGNS
    if region == "eu":
        return tuple(d for d in DESIGNS if d.left_band)
    found = tuple(d for d in DESIGNS if d.region == region or d.region.startswith(f"{region}-"))
    if not found:
        known = ", ".join(sorted({"eu", *(d.region for d in DESIGNS)}))
        raise ValueError(f"`region` must be one of {known}. Received: {region!r}.")
    return found
