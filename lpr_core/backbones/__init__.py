"""Backbones: networks from a picture to a feature map, by name, preprocessing included.

Here is what can be known without Keras; `lpr_core.backbones.build` builds them.
"""

from lpr_core.backbones.facts import BackboneName, backbone_names

__all__ = ["BackboneName", "backbone_names"]
