"""From scores to words: one variant against another, hypotheses, findings, how sure they are."""
