"""Turn a Keras recognizer into a reader bundle, proven to give the same probabilities."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import JsonValue

from lpr_core.plates.format import PlateFormat
from lpr_core.serving.bundle import (
    INPUT_NAME,
    OUTPUT_NAME,
    Bundle,
    Decision,
    ReaderCard,
    write_bundle,
)
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.reader import BATCH_SIZE, Picture, Reader, prepare_batch

if TYPE_CHECKING:
    import keras

PARITY_TOLERANCE = 1e-4
_OPSET = 18
_PACKAGES = ("lpr-workbench", "keras", "tensorflow-cpu", "tensorflow", "tf2onnx", "onnx", "numpy")


class ExportError(ValueError):
    """The exported model does not say what the Keras model says."""


def export_reader(
    model: "keras.Model",
    *,
    plate_format: PlateFormat,
    height: int,
    width: int,
    parity_pictures: Sequence[Picture],
    out_dir: Path,
    name: str,
    provenance: Mapping[str, JsonValue] | None = None,
    calibration: Calibration | None = None,
    margins: tuple[float, ...] = (0.0,),
    decide_by: Decision = "mean",
) -> Path:
    """Write `model` as a reader bundle; nothing is written when it fails.

    Args:
        model: One input `(N, height, width, 3)` float32 0 to 255, one output `(N, S, V)`.
        plate_format: What slots and symbols of the output mean.
        height: Rows of the input.
        width: Columns of the input.
        parity_pictures: Real crops, `(H, W, 3)` uint8 RGB of any sizes, on which both models must
            agree. Drawn noise would prove little: it leaves most of a network silent.
        out_dir: The bundle's folder; one that is there already is replaced.
        name: The reader's name.
        provenance: Where the model comes from; the parity check is added to it.
        calibration: Maps fitted on the model's probabilities, if they are known already.
        margins: With which margins each picture is read, see `ReaderCard`.
        decide_by: How these become one answer, likewise.

    Returns:
        `out_dir`.

    Raises:
        ExportError: Some probability differs by more than `PARITY_TOLERANCE`.
        BundleError: Input or output of the model are not of the shape named above.
        ValueError: No picture was given to compare on.
    """
    if not parity_pictures:
        raise ValueError("An export needs at least one picture to compare both models on.")
    card = ReaderCard(
        name=name,
        plate_format=plate_format,
        height=height,
        width=width,
        calibration=calibration or Calibration(),
        margins=margins,
        decide_by=decide_by,
        created_with=package_versions(),
    )
    onnx_model = convert_model(model)
    difference = measure_difference(model, Bundle(card, onnx_model), parity_pictures)
    if not difference <= PARITY_TOLERANCE:  # written so that NaN is refused
        raise ExportError(
            f"Probabilities of the exported model may differ by {PARITY_TOLERANCE:g} from those of "
            f"Keras. Received: {difference:.2g} on {len(parity_pictures)} pictures."
        )
    parity: JsonValue = {
        "num_pictures": len(parity_pictures),
        "max_difference": difference,
        "tolerance": PARITY_TOLERANCE,
    }
    complete = {**(provenance or {}), "parity": parity}
    return write_bundle(out_dir, card.model_copy(update={"provenance": complete}), onnx_model)


def convert_model(model: "keras.Model", output_name: str = OUTPUT_NAME) -> bytes:
    """Return `model` as ONNX with a free batch size, named as a bundle names input and output.

    The way leads through a SavedModel, because `model.export(format="onnx")` loses the constants
    of Normalization layers and leaves them as inputs that ONNX Runtime then asks for.

    Raises:
        ExportError: Keras runs on another backend than TensorFlow, or tf2onnx gave up.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            "An export needs KERAS_BACKEND=tensorflow, whatever backend trained the model. "
            f"Received: {keras.backend.backend()}."
        )
    shape = (None, *model.input_shape[1:])
    signature = [keras.InputSpec(dtype="float32", shape=shape, name=INPUT_NAME)]
    with tempfile.TemporaryDirectory() as folder:
        saved_dir, onnx_path = Path(folder) / "saved", Path(folder) / "model.onnx"
        model.export(saved_dir, format="tf_saved_model", input_signature=signature, verbose=False)
        _run_tf2onnx(saved_dir, onnx_path, output_name)
        return _state_output_shape(onnx_path.read_bytes(), model.output_shape)


def measure_difference(model: "keras.Model", bundle: Bundle, pictures: Sequence[Picture]) -> float:
    """Return the largest |difference| between the probabilities of Keras and ONNX Runtime."""
    bundle = Bundle(bundle.card.model_copy(update={"margins": (0.0,)}), bundle.model)
    exported = Reader(bundle).predict_batch(pictures)
    height, width = bundle.card.height, bundle.card.width
    original = [
        model.predict_on_batch(prepare_batch(pictures[start : start + BATCH_SIZE], height, width))
        for start in range(0, len(pictures), BATCH_SIZE)
    ]
    return float(np.abs(np.concatenate(original) - exported).max())


def _run_tf2onnx(saved_dir: Path, onnx_path: Path, output_name: str) -> None:
    """Convert a SavedModel by tf2onnx's command line, its only public way in."""
    command = [sys.executable, "-m", "tf2onnx.convert"]
    command += ["--saved-model", str(saved_dir), "--signature_def", "serving_default"]
    command += ["--output", str(onnx_path), "--opset", str(_OPSET)]
    command += ["--rename-inputs", INPUT_NAME, "--rename-outputs", output_name]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        last_line = (finished.stderr.strip().splitlines() or ["no message"])[-1]
        raise ExportError(f"tf2onnx could not convert the model: {last_line}.")


def _state_output_shape(onnx_model: bytes, shape: tuple[int | None, ...]) -> bytes:
    """Write Keras's output shape into the model: tf2onnx loses it behind a matrix product.

    What tf2onnx wrote of this machine's folders goes.
    """
    import onnx

    graph_model = onnx.load_from_string(onnx_model)
    graph_model.graph.doc_string = ""  # tf2onnx writes there which folder it came from
    graph_model.doc_string = ""
    dimensions = graph_model.graph.output[0].type.tensor_type.shape.dim
    for dimension, size in zip(dimensions, shape, strict=True):
        if size is not None:
            dimension.dim_value = size
    return graph_model.SerializeToString()


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that a card names, of those that are there."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # a machine has one of the two TensorFlows
            continue
    return versions
