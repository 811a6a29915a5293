"""Running a study: planned, started, resumed, measured."""
