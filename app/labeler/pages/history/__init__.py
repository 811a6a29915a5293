"""The page Past readings: find plates, take verdicts back."""
