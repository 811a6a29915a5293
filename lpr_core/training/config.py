"""The configuration of one training run: a schedule, the data, and one task's network.

The defaults are the first account's.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny, model_validator

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.tasks.saved import parse_network
from lpr_core.tasks.task import NetworkConfig, Task, find_task

Severity = float | tuple[float, float]

MOST_STEPS = 1_000_000_000
"""Far more than any training has; what is larger is a slip of the finger."""


Network = Annotated[SerializeAsAny[NetworkConfig], BeforeValidator(parse_network)]
"""Some task's network; the field `task` says whose."""


class TrainingConfig(BaseModel):
    """Everything that decides how a run turns out, together with the data.

    Attributes:
        manifest: Path of the manifest with the training examples.
        validation_manifest: Path of the one with the validation examples; `None` is the same one.
        extra_manifest: Path of one with photos to learn from as well, such as corrected plates;
            `None` takes no others. Its split is `train_split`.
        extra_share: Share of each batch that comes from there.
        train_split: Split to learn from. A manifest without splits is taken whole.
        validation_split: Split that every epoch is measured on.
        network: The network, of whichever task.
        seed: Start values, data order, dropout and augmentation all follow from it.
        epochs: Times that the network is measured and saved.
        steps_per_epoch: Batches in an epoch; `None` is one pass over the training examples.
        batch_size: Examples in a batch.
        optimizer: `adam`, `adamw` or `sgd`.
        momentum: Of `sgd`.
        learning_rate: Its rate, the highest one of a schedule.
        weight_decay: Of AdamW.
        schedule: `constant`, `cosine` down to a hundredth, or `steps`.
        rate_steps: Shares of all steps after each of which the rate of `steps` is a tenth.
        warmup: Share of all steps in which a cosine schedule first rises from 0.
        clip_norm: Longest gradient of one variable; `None` does not clip.
        label_smoothing: Share of each target that is spread over all classes.
        ema_momentum: Measure and keep a moving average of the weights with this momentum.
        monitor: What decides on the best epoch, early stopping and the plateau: `val_loss`, or one
            of the task's scores with `val_` in front.
        keep: Weights of the `last` epoch or of the `best` one.
        early_stopping_patience: Stop after so many epochs without a better one.
        plateau_patience: After so many epochs without a better one, multiply the learning rate by
            `plateau_factor`, down to `plateau_min_rate` at least.
        plateau_factor: See `plateau_patience`.
        plateau_min_rate: See `plateau_patience`.
        noise_strength: Gaussian noise on training pictures, a fraction of the range.
        per_channel: Draw the noise for each colour channel on its own.
        camera_severity: Photograph each training picture with a badness drawn from 0 up to this
            one, at most 1; a pair is the limit of the first epoch and of the one after
            `ramp_epochs`.
        ramp_epochs: See `camera_severity`; `None` is all epochs.
        photos: How far photos and the boxes in them are moved, zoomed, turned and relit while a
            finder learns from them; `None` leaves them as they are.
        scene_share: Share of a finder's training photos in the place of which a scene with drawn
            plates is shown, a new one each time; it must know the class `plate`.
        cache_megabytes: Memory for decoded training pictures.
        workers: Threads that prepare batches.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: str
    validation_manifest: str | None = None
    extra_manifest: str | None = None
    extra_share: float = Field(default=0.5, gt=0, lt=1)
    train_split: str = "train"
    validation_split: str = "validation"
    network: Network = Field(default_factory=lambda: parse_network({}))
    seed: int = Field(default=0, ge=0, lt=2**63)
    epochs: int = Field(default=10, ge=1, le=MOST_STEPS)
    steps_per_epoch: int | None = Field(default=None, ge=1, le=MOST_STEPS)
    batch_size: int = Field(default=16, ge=1, le=65_536)
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    momentum: float = Field(default=0.9, ge=0, lt=1)
    learning_rate: float = Field(default=1e-4, gt=0, le=100)
    weight_decay: float = Field(default=0.01, ge=0, le=100)
    schedule: Literal["constant", "cosine", "steps"] = "constant"
    rate_steps: tuple[float, ...] = (2 / 3, 5 / 6)
    warmup: float = Field(default=0.0, ge=0, lt=1)
    clip_norm: float | None = Field(default=None, gt=0, le=1e9)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    ema_momentum: float | None = Field(default=None, gt=0, lt=1)
    monitor: str = "val_loss"
    keep: Literal["last", "best"] = "last"
    early_stopping_patience: int | None = Field(default=None, ge=1, le=MOST_STEPS)
    plateau_patience: int | None = Field(default=None, ge=1, le=MOST_STEPS)
    plateau_factor: float = Field(default=0.5, gt=0, lt=1)
    plateau_min_rate: float = Field(default=1e-6, ge=0, le=100)
    noise_strength: float = Field(default=0.0, ge=0, le=1)
    per_channel: bool = True
    camera_severity: Severity | None = None
    photos: PhotoOptions | None = None
    scene_share: float = Field(default=0.0, ge=0, le=1)
    ramp_epochs: int | None = Field(default=None, ge=1, le=MOST_STEPS)
    cache_megabytes: int = Field(default=2048, ge=0, le=10_000_000)
    workers: int = Field(default=2, ge=1, le=256)

    @property
    def task(self) -> Task:
        """What is to be learned."""
        return find_task(self.network.task)

    @model_validator(mode="before")
    @classmethod
    def _take_old_names(cls, values: Any) -> Any:
        return upgrade_settings(values) if isinstance(values, Mapping) else values

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        monitors = ("val_loss", *(f"val_{score}" for score in self.task.scores))
        if self.monitor not in monitors:
            known = ", ".join(monitors)
            raise ValueError(f"`monitor` must be one of {known}. Received: {self.monitor!r}")
        if self.schedule != "constant" and self.plateau_patience is not None:
            raise ValueError(
                f"`plateau_patience` needs the constant schedule. Received: {self.schedule}"
            )
        if self.schedule != "cosine" and self.warmup:
            raise ValueError(f"`warmup` needs the cosine schedule. Received: {self.warmup}")
        if list(self.rate_steps) != sorted(self.rate_steps):
            raise ValueError(f"`rate_steps` must rise. Received: {self.rate_steps}")
        severity = self.camera_severity
        ends = severity if isinstance(severity, tuple) else (severity or 0.0,)
        if not all(0 <= end <= 1 for end in ends):
            raise ValueError(f"`camera_severity` must lie in 0 to 1. Received: {severity}")
        return self


def upgrade_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings under today's names; those of earlier versions had a `recognizer`."""
    renamed = {("network" if name == "recognizer" else name): v for name, v in values.items()}
    network = renamed.get("network")
    if isinstance(network, Mapping) and "task" not in network:
        renamed["network"] = {"task": "reading", **network}
    return renamed
