"""The tables of the label store, and what reads and writes them."""
