"""What a diagnosis measured, judged suspect by suspect."""
