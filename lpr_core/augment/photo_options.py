"""How far photos are changed while a finder learns from them."""

from pydantic import BaseModel, ConfigDict, Field


class PhotoOptions(BaseModel):
    """Shares are of the photos, in [0, 1]; everything else is a limit that is drawn up to.

    The defaults leave every plate legible that was; what is smaller than `least_width` never comes
    out of a plate that was larger.

    Attributes:
        zoom_out_share: Photos that are made smaller than the canvas, on it or on another photo.
        zoom_out: The most that a side shrinks; 4 makes a plate of 60 px one of 15.
        least_width: Zooming out stops where a box would be narrower, in pixels of the canvas.
        zoom_in_share: Photos of which a part is cut out and enlarged.
        zoom_in: The most that a side grows.
        plate_share: Cuts of photos with boxes that still hold a whole one, where any such cut is
            found.
        cut_share: Cuts that may go through a box; the others avoid it where they can.
        least_visible: Share of a box's area that must be left for it to count. What is left of
            others is painted over, so that no half plate is taught to be none.
        turn_share: Photos that are turned.
        turn: Degrees, either way.
        mirror_share: Photos that are mirrored. Letters are mirrored too and a sign that points left
            becomes one that points right, so it is 0 unless classes and plates stand that.
        light_share: Photos with another brightness, contrast, gamma and colour.
        brightness: Change of the brightness, a fraction of the range.
        contrast: Change of the contrast as a fraction of itself; gamma changes alike.
        colour: Change of the saturation, and a fifth of it of each channel's gain, as fractions.
        grey_share: Photos without colour, as infrared cameras give them.
        blur_share: Photos that are blurred, one of three along a line.
        blur: Standard deviation in pixels of the canvas.
        jpeg_share: Photos that are written and read as JPEG.
        jpeg_quality: The worst quality; the best is 95.
        noise_share: Photos with noise as in `add_noise`.
        noise: Its strength, a fraction of the range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zoom_out_share: float = Field(default=0.5, ge=0, le=1)
    zoom_out: float = Field(default=4.0, ge=1)
    least_width: float = Field(default=12.0, gt=0)
    zoom_in_share: float = Field(default=0.25, ge=0, le=1)
    zoom_in: float = Field(default=2.0, ge=1)
    plate_share: float = Field(default=0.9, ge=0, le=1)
    cut_share: float = Field(default=0.1, ge=0, le=1)
    least_visible: float = Field(default=0.7, gt=0, le=1)
    turn_share: float = Field(default=0.5, ge=0, le=1)
    turn: float = Field(default=6.0, ge=0, le=45)
    mirror_share: float = Field(default=0.0, ge=0, le=1)
    light_share: float = Field(default=0.8, ge=0, le=1)
    brightness: float = Field(default=0.15, ge=0, lt=1)
    contrast: float = Field(default=0.4, ge=0, lt=1)
    colour: float = Field(default=0.5, ge=0, le=1)
    grey_share: float = Field(default=0.1, ge=0, le=1)
    blur_share: float = Field(default=0.2, ge=0, le=1)
    blur: float = Field(default=1.2, ge=0)
    jpeg_share: float = Field(default=0.3, ge=0, le=1)
    jpeg_quality: int = Field(default=35, ge=1, le=95)
    noise_share: float = Field(default=0.2, ge=0, le=1)
    noise: float = Field(default=0.05, ge=0, le=1)
