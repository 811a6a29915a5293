"""Whole pictures with drawn plates: what a finder learns from where no photo may be used."""

from lpr_core.synthesis.scenes.generate import BackgroundPhoto, SceneOrder, generate_scenes
from lpr_core.synthesis.scenes.options import SceneOptions
from lpr_core.synthesis.scenes.scene import DrawnScene, draw_scene

__all__ = [
    "BackgroundPhoto",
    "DrawnScene",
    "SceneOptions",
    "SceneOrder",
    "draw_scene",
    "generate_scenes",
]
