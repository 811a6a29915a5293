"""Designs: which variants are compared to answer which question, one file a design.

A module of this package with a `DESIGN` is a design; so is what an installed package offers in the
entry point group `lpr.designs`. Nothing else knows a design by its name.
"""

from lpr_core.evidence.asked import Asked
from lpr_core.study.designs.design import Axis, Design
from lpr_core.study.designs.discovery import (
    build_design,
    design_names,
    find_design,
    find_design_of,
    list_designs,
    list_runs_of,
)
from lpr_core.study.designs.levels import NOISE, NOISE_GRID, NUM_FOLDS
from lpr_core.study.designs.variant import PlateChoice, Variant

__all__ = [
    "NOISE",
    "NOISE_GRID",
    "NUM_FOLDS",
    "Asked",
    "Axis",
    "Design",
    "PlateChoice",
    "Variant",
    "build_design",
    "design_names",
    "find_design",
    "find_design_of",
    "list_designs",
    "list_runs_of",
]
