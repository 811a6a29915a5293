"""A reader bundle of a few kilobytes whose readings a test can choose, and pictures for it.

The model sees seven columns and reads each one's mean brightness as a symbol: 0 is black, Z white.
`draw_tiny_plate` draws such pictures, so `reader.read(draw_tiny_plate("ABC1234")).text` is
"ABC1234"; any other picture is read as nonsense, but always as the same nonsense.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lpr_core.plates.format import SEVEN, PlateFormat, encode_plate
from lpr_core.serving.bundle import ReaderCard, write_bundle

HEIGHT, SLOT_WIDTH = 8, 4
SHARPNESS = 8.0  # a neighbouring symbol keeps exp(-8) of the right one's probability


def write_tiny_bundle(bundle_dir: Path, plate_format: PlateFormat = SEVEN, **card: object) -> Path:
    """Write the bundle; `card` overrides fields of its `ReaderCard`."""
    width = plate_format.slots * SLOT_WIDTH
    fields = {"name": "tiny", "plate_format": plate_format, "height": HEIGHT, "width": width}
    return write_bundle(bundle_dir, ReaderCard(**fields | card), tiny_model(plate_format))


def draw_tiny_plate(
    text: str, doubtful: Collection[int] = (), plate_format: PlateFormat = SEVEN, scale: int = 4
) -> np.ndarray:
    """Draw a picture that the tiny reader reads as `text`, unsure at the slots in `doubtful`."""
    symbols = encode_plate(text, plate_format).astype(float)
    last = plate_format.num_symbols - 1
    for slot in doubtful:  # nearly half way to the next symbol
        symbols[slot] += 0.4 if symbols[slot] < last else -0.4
    levels = symbols[:, None] * _brightness_step(plate_format)
    # Pixels beside each other are rounded up and down, so that the mean is nearly exact.
    thresholds = (np.arange(SLOT_WIDTH) + 0.5) / SLOT_WIDTH
    row = np.floor(levels + thresholds).astype(np.uint8).ravel().repeat(scale)  # (W,)
    return np.broadcast_to(row[None, :, None], (HEIGHT * scale, row.size, 3)).copy()


def tiny_model(plate_format: PlateFormat = SEVEN) -> bytes:
    """Return the ONNX model: softmax over -sharpness * (column brightness - symbol)^2."""
    slots, num_symbols = plate_format.slots, plate_format.num_symbols
    constants = {
        "columns": np.array([0, HEIGHT, slots, SLOT_WIDTH, 3], np.int64),
        "all_but_slots": np.array([1, 3, 4], np.int64),
        "per_slot": np.array([0, slots, 1], np.int64),
        "step": np.float32(_brightness_step(plate_format)),
        "symbols": np.arange(num_symbols, dtype=np.float32),
        "sharpness": np.float32(-SHARPNESS),
    }
    nodes = [
        helper.make_node("Reshape", ["image", "columns"], ["split"]),  # (N, H, S, W, 3)
        helper.make_node("ReduceMean", ["split", "all_but_slots"], ["means"], keepdims=0),
        helper.make_node("Reshape", ["means", "per_slot"], ["column_means"]),  # (N, S, 1)
        helper.make_node("Div", ["column_means", "step"], ["values"]),
        helper.make_node("Sub", ["values", "symbols"], ["differences"]),  # (N, S, V)
        helper.make_node("Mul", ["differences", "differences"], ["squares"]),
        helper.make_node("Mul", ["squares", "sharpness"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=-1),
    ]
    image_shape = ["batch", HEIGHT, slots * SLOT_WIDTH, 3]
    graph = helper.make_graph(
        nodes,
        "tiny_reader",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image_shape)],
        [
            helper.make_tensor_value_info(
                "probabilities", TensorProto.FLOAT, ["batch", slots, num_symbols]
            )
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _brightness_step(plate_format: PlateFormat) -> float:
    return 255 / (plate_format.num_symbols - 1)
