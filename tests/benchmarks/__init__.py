"""Speed and accuracy, measured on this machine: `python -m tests.benchmarks` runs all of them."""
