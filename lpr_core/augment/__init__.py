"""Additive Gaussian noise, and a look at what it does to a plate."""
