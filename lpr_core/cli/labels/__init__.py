"""`lpr labels` and `lpr users`."""
