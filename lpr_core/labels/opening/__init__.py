"""Before a store works: locked against restores, and beside its own pictures alone."""
