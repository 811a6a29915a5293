"""Networks: backbones with their own preprocessing, and the recognizer that reads plates."""
