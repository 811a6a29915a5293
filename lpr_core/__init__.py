"""Licence-plate recognition: read, correct, train, compare. A room imports only from rooms below."""

__version__ = "0.1.0"
