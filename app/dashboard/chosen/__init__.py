"""What a person has picked on the dashboard: a study, a run, a plate, and what was read of it."""
