"""Back a whole store up, restore it, verify it."""
