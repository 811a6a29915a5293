"""Licence-plate recognition: reading, correcting, training, comparing. DESIGN: rooms import downwards only."""

__version__ = "0.1.0"
