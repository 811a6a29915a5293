"""How the label store's tables came to be, step by step and forward only (Alembic)."""
