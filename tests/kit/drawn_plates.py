"""Plates drawn with OpenCV's own letters, in a millisecond and without fonts."""

import cv2
import numpy as np


def draw(text: str) -> np.ndarray:
    """A plate of dark letters on white, 60 x 240."""
    picture = np.full((60, 240, 3), 235, np.uint8)
    cv2.putText(picture, text, (8, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (20, 20, 60), 4)
    return picture
