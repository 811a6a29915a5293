"""Licence-plate recognition. A room imports only from the rooms below it."""

__version__ = "0.1.0"
