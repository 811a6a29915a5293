"""The door of the labelling app: who comes in, with what, and how much of it."""
