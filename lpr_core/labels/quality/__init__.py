"""How good the labels are: agreement between people, gold plates, disputes."""
