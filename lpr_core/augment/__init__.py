"""Additive Gaussian noise, and a look at what it does to a plate."""

from lpr_core.augment.noise import add_noise, measure_psnr
from lpr_core.augment.preview import NoisyPicture, noise_grid

__all__ = ["NoisyPicture", "add_noise", "measure_psnr", "noise_grid"]
