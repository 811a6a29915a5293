"""The header that stands on every page."""
