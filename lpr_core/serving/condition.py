"""Tell with ONNX Runtime which of two classes a crop is of, such as clean or hard to read."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from lpr_core.pictures.decoding import Picture, fit_picture
from lpr_core.serving.parts import BundleError, open_model, write_parts
from lpr_core.tasks.condition.config import ConditionConfig
from lpr_core.untrusted import FileRefusedError, read_untrusted

if TYPE_CHECKING:
    import keras

CARD_FILE, MODEL_FILE = "condition.json", "model.onnx"
MAX_PART_BYTES = 500_000_000
TOLERANCE = 1e-4
"""Largest difference of a chance between Keras and ONNX Runtime."""

_TAKES, _GIVES = "image", "chance"
_BATCH_SIZE = 32


class ConditionCard(BaseModel):
    """What `condition.json` says about the model beside it.

    Attributes:
        kind: Tells this JSON from anybody else's.
        name: First half of its version.
        classes: Both classes; the model says the chance of the second one.
        height: Rows of the input; pictures are stretched to it.
        width: Columns likewise.
        provenance: Where the model comes from: run, data, parity check of the export.
        accuracy: Scores measured on named data.
        model_sha256: Checksum of `model.onnx`; `write_condition` fills it in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    kind: Literal["lpr-condition-1"] = "lpr-condition-1"
    name: str = Field(pattern=r"^[\w.-]+$")
    classes: tuple[str, str]
    height: int = Field(ge=1, le=4096)
    width: int = Field(ge=1, le=4096)
    provenance: dict[str, JsonValue] = {}
    accuracy: dict[str, JsonValue] = {}
    model_sha256: str = ""

    @property
    def version(self) -> str:
        """The name, a dash, and the first eight hex digits of the model's checksum."""
        return f"{self.name}-{self.model_sha256[:8]}"


class Told(NamedTuple):
    """What is said of one picture.

    Attributes:
        label: One of the two classes, the likelier one.
        chance: Of the second class, 0 to 1.
    """

    label: str
    chance: float


class ConditionTeller:
    """Says of pictures which of two classes they are of.

    Args:
        card: Of the bundle.
        model: The bundle's ONNX model.

    Raises:
        BundleError: The model does not load, or takes or gives something else than the card says.
    """

    def __init__(self, card: ConditionCard, model: bytes) -> None:
        self.card = card
        takes = (_TAKES, [card.height, card.width, 3])
        self._session = open_model(model, 1, takes, (_GIVES, [1]))

    @classmethod
    def load(cls, bundle_dir: Path) -> Self:
        """Open a bundle.

        Raises:
            FileNotFoundError: The folder or one of its files is missing.
            BundleError: The card is not such a card, or the model is not the card's.
        """
        return cls(read_condition_card(bundle_dir), _read_model(bundle_dir))

    def tell(self, pictures: Iterable[Picture]) -> list[Told]:
        """Return what is said of each picture `(H, W, 3)` uint8 RGB, of any sizes."""
        size = (self.card.height, self.card.width)
        fitted = [fit_picture(picture, *size) for picture in pictures]
        told: list[Told] = []
        for start in range(0, len(fitted), _BATCH_SIZE):
            images = np.stack(fitted[start : start + _BATCH_SIZE]).astype(np.float32)
            chances = self._session.run([_GIVES], {_TAKES: images})[0]
            told += [
                Told(self.card.classes[int(chance > 0.5)], float(chance))
                for chance in np.asarray(chances)[:, 0]
            ]
        return told


def read_condition_card(bundle_dir: Path) -> ConditionCard:
    """Read `condition.json` alone; raises as `ConditionTeller.load`, but looks at no checksum."""
    path = bundle_dir / CARD_FILE
    try:
        return ConditionCard.model_validate_json(_read_part(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise BundleError(f"{path} is not such a card: {place}: {first['msg']}.") from error


def write_condition(bundle_dir: Path, card: ConditionCard, model: bytes) -> ConditionCard:
    """Write a bundle whole or not at all, in the place of one that may be there; return its card.

    Raises:
        BundleError: The model does not load, or its input or output is not the card's.
    """
    card = card.model_copy(update={"model_sha256": hashlib.sha256(model).hexdigest()})
    ConditionTeller(card, model)
    content = (card.model_dump_json(indent=2) + "\n").encode()
    write_parts(bundle_dir, {MODEL_FILE: model, CARD_FILE: content})
    return card


def record_condition(bundle_dir: Path, data: str, scores: Mapping[str, JsonValue]) -> None:
    """Keep scores measured on some data in the card of a bundle."""
    card = read_condition_card(bundle_dir)
    accuracy = {**card.accuracy, data: dict(scores)}
    write_condition(
        bundle_dir, card.model_copy(update={"accuracy": accuracy}), _read_model(bundle_dir)
    )


def export_condition(
    network: "keras.Model",
    config: ConditionConfig,
    *,
    parity_pictures: Sequence[Picture],
    out_dir: Path,
    name: str,
    provenance: Mapping[str, JsonValue] | None = None,
) -> ConditionCard:
    """Write a network as a bundle, proven to say the same; nothing is written when it fails.

    Args:
        network: Made by `lpr_core.tasks.condition`.
        config: What it is made of.
        parity_pictures: Real crops `(H, W, 3)` uint8 RGB on which both runtimes must agree.
        out_dir: The bundle's folder; one that is there already is replaced.
        name: Its name.
        provenance: Where the network comes from; the parity check is added to it.

    Raises:
        ExportError: Some chance differs by more than `TOLERANCE`.
        ValueError: No picture was given to compare on.
    """
    from lpr_core.serving.export import ExportError, convert_model

    if not parity_pictures:
        raise ValueError("An export needs at least one picture to compare both models on.")
    card = ConditionCard(
        name=name, classes=config.classes, height=config.height, width=config.width
    )
    model = convert_model(network, _GIVES)
    said = [told.chance for told in ConditionTeller(card, model).tell(parity_pictures)]
    images = np.stack(
        [fit_picture(picture, config.height, config.width) for picture in parity_pictures]
    )
    original = network.predict(images.astype(np.float32), batch_size=16, verbose=0)[:, 0]
    difference = float(np.abs(original - said).max())
    if not difference <= TOLERANCE:  # written so that NaN is refused
        raise ExportError(
            f"Chances of the exported model may differ by {TOLERANCE:g} from those of Keras. "
            f"Received: {difference:.2g} on {len(parity_pictures)} pictures."
        )
    parity: JsonValue = {
        "num_pictures": len(parity_pictures),
        "max_difference": difference,
        "tolerance": TOLERANCE,
    }
    complete = {**(provenance or {}), "parity": parity}
    return write_condition(out_dir, card.model_copy(update={"provenance": complete}), model)


def _read_model(bundle_dir: Path) -> bytes:
    path, card = bundle_dir / MODEL_FILE, read_condition_card(bundle_dir)
    content = _read_part(path)
    received = hashlib.sha256(content).hexdigest()
    if received != card.model_sha256:
        raise BundleError(
            f"{path} must have the checksum that {CARD_FILE} states, {card.model_sha256[:8]}.... "
            f"Received: {received[:8]}...."
        )
    return content


def _read_part(path: Path) -> bytes:
    try:
        return read_untrusted(path, MAX_PART_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(
            f"Such a bundle needs {MODEL_FILE} and {CARD_FILE}; {path} is missing."
        ) from error
    except FileRefusedError as error:
        raise BundleError(str(error)) from error
