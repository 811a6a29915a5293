"""The finder bundle: `model.onnx`, `finder.json` and perhaps `refiner.onnx`; ONNX Runtime alone."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from lpr_core.serving.bundle import INPUT_NAME, MAX_PART_BYTES, MODEL_FILE, BundleError
from lpr_core.serving.parts import open_model, write_parts
from lpr_core.untrusted import FileRefusedError, read_untrusted

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FINDER_CARD_FILE = "finder.json"
REFINER_FILE = "refiner.onnx"
SAID_NAME = "said"


class DefaultBoxLevel(BaseModel):
    """The default boxes of one map: each shape in the middle of each place.

    Attributes:
        rows: Of the map.
        columns: Likewise.
        shapes: Width and height as shares of the canvas.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=1, le=4096)
    columns: int = Field(ge=1, le=4096)
    shapes: tuple[tuple[float, float], ...] = Field(min_length=1, max_length=1000)


class RefinerPart(BaseModel):
    """What the card says about `refiner.onnx`.

    Attributes:
        height: Rows of a cut, pixels.
        width: Columns likewise.
        margin: Share of a found box's width and height that is added on each side of the cut.
        verifies: Whether it says too if there is a plate; a box's score is then the product of
            both models' chances.
        sha256: Checksum of the file.
        provenance: Where it comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    height: int = Field(ge=1, le=4096)
    width: int = Field(ge=1, le=4096)
    margin: float = Field(ge=0, le=1)
    verifies: bool = False
    sha256: str = ""
    provenance: dict[str, JsonValue] = {}


class FinderCard(BaseModel):
    """What `finder.json` says about the models beside it.

    Attributes:
        kind: Tells this JSON from anybody else's.
        name: The finder's name, first half of its version.
        classes: What is found, in the order of the output.
        height: Rows of the canvas, pixels.
        width: Columns likewise.
        preprocessing: What the model takes, for people and for other programs.
        levels: Default boxes in the order of the output.
        variances: Offsets of centre and size are multiplied by these.
        corners: Whether the model says corners.
        overlap: A box is left out where a surer one of its class overlaps it more.
        threshold: From which score a box counts as found; chosen on validation photos.
        refiner: The second model, if there is one.
        threads: How many threads one photo may use; 0 leaves it to ONNX Runtime.
        provenance: Where the model comes from: run, data, parity check of the export.
        accuracy: Scores measured on named data.
        created_with: Versions of the packages that wrote the model.
        model_sha256: Checksum of `model.onnx`; `write_finder` fills it in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    kind: Literal["lpr-finder-1"] = "lpr-finder-1"
    name: str = Field(pattern=r"^[\w.-]+$")
    classes: tuple[str, ...] = Field(min_length=1, max_length=1000)
    height: int = Field(ge=1, le=4096)
    width: int = Field(ge=1, le=4096)
    preprocessing: str = (
        "RGB, laid whole on the middle of a height x width canvas of grey 114, shrunk by area, "
        "float32 from 0 to 255; the model scales"
    )
    levels: tuple[DefaultBoxLevel, ...] = Field(min_length=1, max_length=1000)
    variances: tuple[float, float] = (0.1, 0.2)
    corners: bool = False
    overlap: float = Field(default=0.45, gt=0, lt=1)
    threshold: float = Field(default=0.5, ge=0, le=1)
    refiner: RefinerPart | None = None
    threads: int = Field(default=1, ge=0, le=256)
    provenance: dict[str, JsonValue] = {}
    accuracy: dict[str, JsonValue] = {}
    created_with: dict[str, str] = {}
    model_sha256: str = ""

    @property
    def version(self) -> str:
        """The name, a dash, and the first eight hex digits of the model's checksum."""
        return f"{self.name}-{self.model_sha256[:8]}"

    @property
    def num_boxes(self) -> int:
        """Default boxes in all."""
        return sum(level.rows * level.columns * len(level.shapes) for level in self.levels)


@dataclass(frozen=True)
class FinderBundle:
    """A card, and the bytes of the models that it describes."""

    card: FinderCard
    model: bytes
    refiner: bytes | None = None


def read_finder(bundle_dir: Path) -> FinderBundle:
    """Read a bundle and verify its checksums.

    Raises:
        FileNotFoundError: The folder or one of its files is missing.
        BundleError: The card is not a finder's, or a model is not the card's.
    """
    card = read_finder_card(bundle_dir)
    model = _read_model(bundle_dir / MODEL_FILE, card.model_sha256)
    if card.refiner is None:
        return FinderBundle(card, model)
    return FinderBundle(card, model, _read_model(bundle_dir / REFINER_FILE, card.refiner.sha256))


def read_finder_card(bundle_dir: Path) -> FinderCard:
    """Read `finder.json` alone; raises as `read_finder`, but looks at no checksum."""
    try:
        return FinderCard.model_validate_json(_read_part(bundle_dir / FINDER_CARD_FILE))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise BundleError(
            f"{bundle_dir / FINDER_CARD_FILE} is not a finder's card: {place}: {first['msg']}."
        ) from error


def write_finder(bundle_dir: Path, bundle: FinderBundle) -> FinderCard:
    """Write a bundle whole or not at all, in the place of one that may be there.

    Returns:
        The card as it was written, with its checksums.

    Raises:
        BundleError: A model does not load, or its input or output is not the card's.
    """
    card = bundle.card.model_copy(update={"model_sha256": _checksum(bundle.model)})
    parts = {MODEL_FILE: bundle.model}
    if card.refiner is not None and bundle.refiner is not None:
        part = card.refiner.model_copy(update={"sha256": _checksum(bundle.refiner)})
        card = card.model_copy(update={"refiner": part})
        parts[REFINER_FILE] = bundle.refiner
    open_finder(FinderBundle(card, bundle.model, bundle.refiner))
    write_parts(bundle_dir, {**parts, FINDER_CARD_FILE: _write_card(card)})
    return card


def write_finder_card(bundle_dir: Path, card: FinderCard) -> None:
    """Replace `finder.json` alone: a new threshold or accuracy for the same models."""
    from lpr_core.files import write_bytes_atomic

    write_bytes_atomic(bundle_dir / FINDER_CARD_FILE, _write_card(card))


def open_finder(
    bundle: FinderBundle, threads: int | None = None
) -> tuple["InferenceSession", "InferenceSession | None"]:
    """Return the sessions of the finder and, where there is one, of the refiner.

    Raises:
        BundleError: A model does not load, or its input or output is not the card's.
    """
    card = bundle.card
    threads = card.threads if threads is None else threads
    width = 1 + len(card.classes) + 4 + (8 if card.corners else 0)
    model = open_model(
        bundle.model,
        threads,
        (INPUT_NAME, [card.height, card.width, 3]),
        (SAID_NAME, [card.num_boxes, width]),
    )
    if card.refiner is None:
        return model, None
    if bundle.refiner is None:
        raise BundleError(f"The card names a refiner; {REFINER_FILE} is missing.")
    size = [card.refiner.height, card.refiner.width, 3]
    gives = (SAID_NAME, [13 if card.refiner.verifies else 12])
    return model, open_model(bundle.refiner, threads, (INPUT_NAME, size), gives)


def _write_card(card: FinderCard) -> bytes:
    return (card.model_dump_json(indent=2) + "\n").encode()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_model(path: Path, checksum: str) -> bytes:
    content = _read_part(path)
    received = _checksum(content)
    if received != checksum:
        raise BundleError(
            f"{path} must have the checksum that {FINDER_CARD_FILE} states, {checksum[:8]}.... "
            f"Received: {received[:8]}...."
        )
    return content


def _read_part(path: Path) -> bytes:
    try:
        return read_untrusted(path, MAX_PART_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(
            f"A finder bundle needs {MODEL_FILE} and {FINDER_CARD_FILE}; {path} is missing."
        ) from error
    except FileRefusedError as error:
        raise BundleError(str(error)) from error
