"""The page Review: readings that differ, and the last word on them."""
