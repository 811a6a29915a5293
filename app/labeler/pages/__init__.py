"""The pages of the labelling app: each is one HTML, its scripts, one small module."""
