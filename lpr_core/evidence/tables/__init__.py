"""What pages and reports show of a study, made once: frames for figures, tables for people."""
