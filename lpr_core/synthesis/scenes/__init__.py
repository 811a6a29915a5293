"""Whole pictures with drawn plates: what a finder learns from where no photo may be used."""

from lpr_core.synthesis.scenes.options import SceneOptions
from lpr_core.synthesis.scenes.scene import DrawnScene, draw_scene

__all__ = ["DrawnScene", "SceneOptions", "draw_scene"]
