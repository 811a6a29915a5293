"""What drawn scenes look like, as values."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.synthesis.kinds.listing import list_designs

MILD = PhotoOptions(brightness=0.1, contrast=0.25, colour=0.4, blur=1.0, noise=0.04)
"""A camera that changes scenes less than training will once more."""


class SceneOptions(BaseModel):
    """What is drawn; shares are of the scenes or plates, in [0, 1].

    Attributes:
        size: Height and width in pixels.
        regions: Codes or families as in `list_designs`, repeated to make one likelier; empty draws
            from all.
        plate_shares: Shares of scenes with no plate, one, two and so on; only their ratio counts.
        least_width: Width of the narrowest plate's box in pixels; narrow ones are as likely as
            wide ones, by doublings.
        most_width: Width of the widest, as a share of the scene's.
        yaw: Degrees that a plate is seen from the side at most.
        pitch: Degrees that it is seen from above or below.
        roll: Degrees that it leans; standard deviation.
        car_share: Plates on a drawn car; on a given background the others lie on it as it is.
        sign_mean: Mean number of signs, stickers and letterings that are no plates.
        camera: What the camera does to the scene; only light, lens, sensor and file count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: tuple[int, int] = (384, 384)
    regions: tuple[str, ...] = ()
    plate_shares: tuple[float, ...] = (0.2, 0.45, 0.2, 0.1, 0.05)
    least_width: float = Field(default=12.0, ge=4)
    most_width: float = Field(default=0.6, gt=0, le=0.9)
    yaw: float = Field(default=50.0, ge=0, le=75)
    pitch: float = Field(default=25.0, ge=0, le=60)
    roll: float = Field(default=4.0, ge=0, le=45)
    car_share: float = Field(default=0.7, ge=0, le=1)
    sign_mean: float = Field(default=2.0, ge=0, le=50)
    camera: PhotoOptions = MILD

    @field_validator("size")
    @classmethod
    def _check_size(cls, size: tuple[int, int]) -> tuple[int, int]:
        if not all(64 <= side <= 4096 for side in size):
            raise ValueError(f"both sides of `size` must lie in 64 to 4096. Received: {size}")
        return size

    @field_validator("regions")
    @classmethod
    def _check_regions(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        for region in regions:
            list_designs(region)
        return regions

    @field_validator("plate_shares")
    @classmethod
    def _check_shares(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if not shares or min(shares) < 0 or not sum(shares) > 0:
            raise ValueError(
                f"`plate_shares` must have shares of at least 0, not all 0. Received: {shares}"
            )
        return shares
