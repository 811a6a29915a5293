"""The page Queue: plates to check, one after the other."""
