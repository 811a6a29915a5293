"""The reader bundle: a folder of `model.onnx` and `reader.json` that needs ONNX Runtime alone."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from lpr_core.files import write_bytes_atomic
from lpr_core.plates.format import SEVEN, PlateFormat
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.floor import Floor
from lpr_core.serving.parts import BundleError, open_model, write_parts
from lpr_core.untrusted import FileRefusedError, read_untrusted

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_FILE = "model.onnx"
CARD_FILE = "reader.json"
INPUT_NAME = "image"
OUTPUT_NAME = "probabilities"
MAX_PART_BYTES = 2_147_483_647
"""No ONNX file is larger: https://protobuf.dev/programming-guides/proto-limits/."""


Decision = Literal["mean", "surest"]
"""How several views of a picture become one answer."""
DECISIONS: tuple[Decision, ...] = get_args(Decision)


class ReaderCard(BaseModel):
    """What `reader.json` says about the model beside it.

    Attributes:
        kind: Tells this JSON from anybody else's.
        name: The reader's name, first half of its version.
        plate_format: Slots and symbols of the output.
        height: Rows of the input picture, pixels.
        width: Columns of the input picture, pixels.
        preprocessing: What the model takes, for people and for other programs.
        margins: Each picture is read once with each of these margins (`add_margin`); more than
            one costs as many times the time.
        decide_by: How several views become one answer: their `mean`, or the `surest` one, in
            which case pictures whose first view is sure are looked at once only.
        calibration: The maps from the model's probabilities to honest ones.
        floor: From which confidence a text counts as read; cards of older programs have none, and
            then the default of `Floor` holds.
        doubtful_below: A slot whose calibrated probability is lower is shown as `?`.
        threads: How many threads one read may use; 0 leaves it to ONNX Runtime.
        provenance: Where the model comes from: run, data, parity check of the export.
        accuracy: Scores measured on named data, in the keys of `lpr evaluate --json`.
        created_with: Versions of the packages that wrote the model.
        model_sha256: Checksum of `model.onnx`; `write_bundle` fills it in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    kind: Literal["lpr-reader-1"] = "lpr-reader-1"
    name: str = Field(pattern=r"^[\w.-]+$")
    plate_format: PlateFormat = SEVEN
    height: int = Field(ge=1, le=4096)
    width: int = Field(ge=1, le=4096)
    preprocessing: str = "RGB, stretched to height x width, float32 from 0 to 255; the model scales"
    decide_by: Decision = "mean"
    margins: tuple[Annotated[float, Field(ge=-0.2, le=0.5)], ...] = Field(
        default=(0.0,), min_length=1, max_length=16
    )
    calibration: Calibration = Calibration()
    floor: Floor = Floor()
    doubtful_below: float = Field(default=0.9, ge=0, le=1)
    threads: int = Field(default=1, ge=0, le=256)
    provenance: dict[str, JsonValue] = {}
    accuracy: dict[str, JsonValue] = {}
    created_with: dict[str, str] = {}
    model_sha256: str = ""

    @property
    def version(self) -> str:
        """The name, a dash, and the first eight hex digits of the model's checksum."""
        return f"{self.name}-{self.model_sha256[:8]}"


@dataclass(frozen=True)
class Bundle:
    """A card, and the bytes of the model that it describes."""

    card: ReaderCard
    model: bytes


def read_bundle(bundle_dir: Path) -> Bundle:
    """Read a bundle and verify its checksum.

    Raises:
        FileNotFoundError: The folder or one of its two files is missing.
        BundleError: The card is not a reader's, or the model is not the card's.
    """
    card = read_card(bundle_dir)
    model = _read_part(bundle_dir / MODEL_FILE)
    checksum = hashlib.sha256(model).hexdigest()
    if checksum != card.model_sha256:
        raise BundleError(
            f"{bundle_dir / MODEL_FILE} must have the checksum that {CARD_FILE} states, "
            f"{card.model_sha256[:8]}.... Received: {checksum[:8]}...."
        )
    return Bundle(card, model)


def read_card(bundle_dir: Path) -> ReaderCard:
    """Read `reader.json` alone; raises as `read_bundle` does, but looks at no checksum."""
    content = _read_part(bundle_dir / CARD_FILE)
    try:
        return ReaderCard.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise BundleError(
            f"{bundle_dir / CARD_FILE} is not a reader's card: {place}: {first['msg']}."
        ) from error


def write_bundle(bundle_dir: Path, card: ReaderCard, model: bytes) -> Path:
    """Write a bundle whole or not at all, in the place of one that may be there.

    Returns:
        `bundle_dir`.

    Raises:
        BundleError: The model does not load, or its input or output is not the card's.
    """
    checksum = hashlib.sha256(model).hexdigest()
    card = card.model_copy(update={"model_sha256": checksum})
    open_session(Bundle(card, model))
    write_parts(bundle_dir, {MODEL_FILE: model, CARD_FILE: _write_card(card)})
    return bundle_dir


def write_card(bundle_dir: Path, card: ReaderCard) -> None:
    """Replace `reader.json` alone: a new calibration or accuracy for the same model."""
    write_bytes_atomic(bundle_dir / CARD_FILE, _write_card(card))


def _write_card(card: ReaderCard) -> bytes:
    return (card.model_dump_json(indent=2) + "\n").encode()


def open_session(bundle: Bundle, threads: int | None = None) -> "InferenceSession":
    """Return an ONNX Runtime session on the CPU whose input and output are the card's.

    Args:
        bundle: What `read_bundle` returned.
        threads: How many threads one run may use; None takes the card's number.

    Raises:
        BundleError: The model does not load, or its input or output is not the card's.
    """
    card = bundle.card
    plate_format = card.plate_format
    return open_model(
        bundle.model,
        card.threads if threads is None else threads,
        (INPUT_NAME, [card.height, card.width, 3]),
        (OUTPUT_NAME, [plate_format.slots, plate_format.num_symbols]),
    )


def _read_part(path: Path) -> bytes:
    try:
        return read_untrusted(path, MAX_PART_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(
            f"A reader bundle needs {MODEL_FILE} and {CARD_FILE}; {path} is missing."
        ) from error
    except FileRefusedError as error:
        raise BundleError(str(error)) from error
