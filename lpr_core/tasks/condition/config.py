"""What a network that tells two classes apart is made of, as values; cheap to import."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from lpr_core.tasks.task import NetworkConfig

TopName = Literal["pooled", "flat"]


class ConditionConfig(NetworkConfig):
    """The network. Pictures are stretched to its size.

    Attributes:
        classes: Names of both classes; the network says the chance of the second one.
        joined: Other labels, and which of the classes each counts as.
        top: What stands on the backbone's map: `pooled` (`GlobalAveragePooling2D`, which forgets
            the place) or `flat` (`Flatten`, with a weight for each place).
        dense_units: Width of a layer before the answer; 0 has none.
        dropout: Share of features that is dropped before the answer while training.
        balance: Count both classes alike in the loss, however often they occur.
        second_weight: What an example of the second class counts in the loss, beside 1 of the
            first; `balance` sets it from the training examples.
    """

    task: Literal["condition"] = "condition"
    classes: tuple[str, str] = ("clean", "dirty")
    joined: dict[str, str] = Field(default_factory=lambda: {"covered": "dirty"})
    top: TopName = "pooled"
    dense_units: int = Field(default=0, ge=0, le=65_536)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    balance: bool = False
    second_weight: float = Field(default=1.0, gt=0, le=1e6)

    @field_validator("classes")
    @classmethod
    def _check_classes(cls, classes: tuple[str, str]) -> tuple[str, str]:
        if not all(name.strip() == name != "" for name in classes) or classes[0] == classes[1]:
            raise ValueError(f"`classes` must be two different names. Received: {classes}")
        return classes

    @model_validator(mode="after")
    def _check_joined(self) -> Self:
        foreign = sorted(set(self.joined.values()) - set(self.classes))
        if foreign and "joined" in self.model_fields_set:
            raise ValueError(
                f"`joined` must lead to {' or '.join(self.classes)}. Received: {', '.join(foreign)}"
            )
        return self

    def class_of(self, label: str) -> int | None:
        """Return 0 or 1 for a label; None where it is neither of the classes."""
        name = self.joined.get(label, label)
        return self.classes.index(name) if name in self.classes else None
