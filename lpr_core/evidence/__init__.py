"""Statistics from saved results: intervals, tests, verdicts, and what stands behind them."""
