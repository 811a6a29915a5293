"""What `study.json` holds: the study as it was asked for, and where its numbers come from."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    field_validator,
    model_validator,
)

from lpr_core.files import write_text_atomic
from lpr_core.saved import read_model
from lpr_core.training.config import upgrade_settings

Factor = str | float
"""A level of what is compared."""

PlatesKind = Literal["drawn", "own"]

RECORD_NAME = "study.json"
USABLE_CHARACTER_ACCURACY = 0.90
"""From here on a reader is of use to somebody who corrects it: about half of the plates are whole
(0.9^7 = 0.48)."""

_FOLDER_NAME = re.compile(r"[\w][\w.+-]{0,80}")


def _check_folder_name(name: str) -> str:
    if not _FOLDER_NAME.fullmatch(name):
        raise ValueError(f"a variant's name is no folder name: {name[:80]!r}")
    return name


def _check_factors(factors: dict[str, Factor]) -> dict[str, Factor]:
    """Refuse levels of another kind than all figures and comparisons take them for."""
    if not isinstance(factors.get("transfer", ""), str):
        raise ValueError(f"`transfer` must be a word. Received: {factors['transfer']!r}")
    if isinstance(factors.get("noise", 0.0), str):
        raise ValueError(f"`noise` must be a number. Received: {factors['noise']!r}")
    return factors


class _Code(BaseModel):
    version: str = ""
    commit: str | None = None


class _Device(BaseModel):
    name: str | None = None
    accelerators: list[str] = []
    cores: StrictInt | None = None


def _check_by(shape: type[BaseModel]) -> AfterValidator:
    """Return a validator of a dictionary that is kept as it is."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        shape.model_validate(value)
        return value

    return AfterValidator(check)


class VariantRecord(BaseModel):
    """One cell of the design.

    Attributes:
        name: Name of its folder.
        label: What people read.
        factors: Levels of what is compared.
    """

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, AfterValidator(_check_folder_name)]
    label: str
    factors: Annotated[dict[str, Factor], AfterValidator(_check_factors)]


class DataRecord(BaseModel):
    """The study's plates.

    Attributes:
        description: For people.
        kind: `drawn` by the study, or a person's `own`.
        train_rows: Plates to learn from.
        validation_rows: Plates to be measured on.
        fingerprint: SHA-256 of texts and pictures.
        baseline: What the most frequent symbols of the training plates reach on validation:
            the study's metric and, of plates, the `symbols`, one per slot.
        masked: Whether the texts are exchanged, so that plates cannot be told; what is right
            stays so, which symbol is taken for which does not.
    """

    model_config = ConfigDict(frozen=True)

    description: str
    kind: PlatesKind
    train_rows: int
    validation_rows: int
    fingerprint: str
    baseline: dict[str, Any]
    masked: bool = False


class StudyRecord(BaseModel):
    """A study: what was asked, of which variants and seeds, on which plates.

    Attributes:
        schema_version: Version of this file's shape.
        name: Name of the folder.
        design: As `build_design` knows it.
        task: As `find_task` knows it.
        preset: As `find_preset` knows it.
        question: What is answered.
        metric: Key of a run's metrics that decides.
        variants: The cells.
        seeds: All variants run with all of them.
        created: ISO time, UTC.
        code: Version and commit of the code; empty before the first run.
        backend: Of Keras; empty before the first run.
        device: Likewise.
        data: The plates.
        base_config: The configuration that variants change.
        weights: What transfer starts from: `imagenet`, or the name of a file or folder.
        usable_character_accuracy: From here on a reader is of use.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    name: str
    design: str
    task: str = "reading"
    preset: str
    question: str
    metric: str
    variants: tuple[VariantRecord, ...] = Field(min_length=1)
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    created: str
    code: Annotated[dict[str, Any], _check_by(_Code)] = {}
    backend: str = ""
    device: Annotated[dict[str, Any], _check_by(_Device)] = {}
    data: DataRecord
    base_config: dict[str, Any]
    weights: str = ""
    usable_character_accuracy: float = USABLE_CHARACTER_ACCURACY

    @field_validator("base_config", mode="before")
    @classmethod
    def _take_old_names(cls, values: Any) -> Any:
        return upgrade_settings(values) if isinstance(values, Mapping) else values

    @field_validator("variants", "seeds")
    @classmethod
    def _refuse_repetition(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [getattr(value, "name", value) for value in values]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"there twice: {', '.join(map(str, sorted(repeated)))}")
        return values

    @model_validator(mode="after")
    def _check_baseline(self) -> Self:
        share = self.data.baseline.get(self.metric)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ValueError(f"`baseline` lacks {self.metric}, 0 to 1. Received: {share!r}")
        return self

    @property
    def cells(self) -> tuple[tuple[str, dict[str, Factor]], ...]:
        """The variants as they are told apart; labels are wording, and may change."""
        return tuple((variant.name, variant.factors) for variant in self.variants)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the record of a study folder.

        Raises:
            FileNotFoundError: The folder holds no study.
            DamagedFileError: The file is damaged.
        """
        path = folder / RECORD_NAME
        if not path.is_file():
            raise FileNotFoundError(f"{folder} holds no study ({RECORD_NAME}).")
        return read_model(path, cls)

    def write(self, folder: Path) -> None:
        """Write the record into a study folder."""
        content = self.model_dump(mode="json", by_alias=True)
        write_text_atomic(folder / RECORD_NAME, json.dumps(content, indent=2))

    def list_differences(self, other: Self) -> list[str]:
        """Return what makes another record a record of another study, as words for people."""
        compared = {
            "the design": "design",
            "the preset": "preset",
            "the variants": "cells",
            "the settings": "base_config",
            "the start of transfer": "weights",
        }
        differences = [
            words for words, name in compared.items() if getattr(self, name) != getattr(other, name)
        ]
        if self.data.fingerprint != other.data.fingerprint:
            differences.append("the plates")
        return differences
