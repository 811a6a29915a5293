"""Plates drawn, then photographed badly: training data that belongs to nobody."""

from lpr_core.synthesis.camera import photograph, rephotograph
from lpr_core.synthesis.draw import DrawnPlate, draw_any_plate, draw_plate
from lpr_core.synthesis.generate import PlateOrder, generate_plates
from lpr_core.synthesis.kinds.listing import list_designs
from lpr_core.synthesis.kinds.plate_design import PlateDesign

__all__ = [
    "DrawnPlate",
    "PlateDesign",
    "PlateOrder",
    "draw_any_plate",
    "draw_plate",
    "generate_plates",
    "list_designs",
    "photograph",
    "rephotograph",
]
