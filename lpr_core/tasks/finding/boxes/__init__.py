"""Boxes as numbers: default boxes, what they are matched with, offsets there and back."""
