"""What the dashboard shows: figures, cards, pictures of plates."""
