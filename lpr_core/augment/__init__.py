"""Noise and a look at what it does to a plate; photos changed with their boxes."""

from lpr_core.augment.noise import add_noise, measure_psnr
from lpr_core.augment.photo_cuts import cut_free_part
from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.augment.photos import MovedPhoto, augment_photo, letterbox_photo
from lpr_core.augment.preview import NoisyPicture, noise_grid

__all__ = [
    "MovedPhoto",
    "NoisyPicture",
    "PhotoOptions",
    "add_noise",
    "augment_photo",
    "cut_free_part",
    "letterbox_photo",
    "measure_psnr",
    "noise_grid",
]
