"""The folder of a study: written, read, masked."""
