"""Training runs: configuration, one run, the run folder."""
