"""Plates as text and as pictures: format, regional grammar, metrics, safe decoding."""
