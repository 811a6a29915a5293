"""Networks: backbones with their own preprocessing, and the recognizer that reads plates.

Here are the values that describe a network; `lpr_core.models.recognizer` builds it with Keras.
"""

from lpr_core.models.config import RecognizerConfig, backbone_names, head_names

__all__ = ["RecognizerConfig", "backbone_names", "head_names"]
