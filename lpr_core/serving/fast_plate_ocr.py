"""Readers for fast-plate-ocr's runtime and the camera systems built on it, and its networks here.

Its networks are an ONNX file (`input` `(N, H, W, C)` uint8 of 0 to 255, `plate` `(N, S * V)` or
`(N, S, V)` probabilities) beside a YAML file that says slots, alphabet and size. The networks stay
as they are; nodes before and behind them change types, colours and shapes.
Source: https://github.com/ankandrew/fast-plate-ocr, `inference/config.py` and `core/process.py`
"""

from pathlib import Path
from typing import Literal

import numpy as np
import onnx
import yaml
from onnx import ModelProto, TensorProto, compose, helper, numpy_helper
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lpr_core.files import write_bytes_atomic, write_text_atomic
from lpr_core.plates.format import PlateFormat
from lpr_core.serving.bundle import (
    INPUT_NAME,
    MAX_PART_BYTES,
    OUTPUT_NAME,
    BundleError,
    ReaderCard,
    read_bundle,
    write_bundle,
)
from lpr_core.untrusted import FileRefusedError, read_untrusted, read_untrusted_text

MODEL_NAME, CONFIG_NAME = "model.onnx", "plate_config.yaml"

_INPUT, _OUTPUT = "input", "plate"
_MAX_CONFIG_BYTES = 1_000_000
# Weights of red, green and blue in OpenCV's grey, which fast-plate-ocr reads pictures with:
# https://docs.opencv.org/4.x/de/d25/imgproc_color_conversions.html
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


class PlateConfigFile(BaseModel):
    """What the YAML file says; names and meanings are fast-plate-ocr's, others are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    max_plate_slots: int = Field(ge=1, le=64)
    alphabet: str = Field(min_length=1, max_length=1000)
    pad_char: str = Field(min_length=1, max_length=1)
    img_height: int = Field(ge=1, le=4096)
    img_width: int = Field(ge=1, le=4096)
    keep_aspect_ratio: bool = False
    interpolation: str = "linear"
    image_color_mode: Literal["grayscale", "rgb"] = "grayscale"

    @model_validator(mode="after")
    def _check_shape(self) -> "PlateConfigFile":
        if self.keep_aspect_ratio:
            raise ValueError("keep_aspect_ratio must be false: readers here stretch pictures")
        return self


def export_fast_plate_ocr(bundle_dir: Path, out_dir: Path) -> tuple[Path, Path]:
    """Write a reader as fast-plate-ocr loads it; return the paths of the ONNX and the YAML file.

    Its runtime stretches pictures in one step where readers here shrink by area first, reads one
    view, and knows neither calibration nor patterns: texts can differ on pictures that are unclear.

    Raises:
        BundleError: The bundle is damaged or foreign.
        FileNotFoundError: A part of it is missing.
    """
    bundle = read_bundle(bundle_dir)
    card, plate_format = bundle.card, bundle.card.plate_format
    shape: list[str | int | None] = ["N", card.height, card.width, 3]
    before = _make_part(
        [helper.make_node("Cast", [_INPUT], ["as_float"], to=TensorProto.FLOAT)],
        helper.make_tensor_value_info(_INPUT, TensorProto.UINT8, shape),
        helper.make_tensor_value_info("as_float", TensorProto.FLOAT, shape),
    )
    model = _join(before, onnx.load_from_string(bundle.model), {"as_float": INPUT_NAME})
    _rename_output(model, OUTPUT_NAME, _OUTPUT)
    config = {
        "max_plate_slots": plate_format.slots,
        "alphabet": plate_format.alphabet,
        "pad_char": plate_format.pad or _free_symbol(plate_format),
        "img_height": card.height,
        "img_width": card.width,
        "keep_aspect_ratio": False,
        "interpolation": "area",  # the nearest to what readers here do
        "image_color_mode": "rgb",
    }
    paths = out_dir / MODEL_NAME, out_dir / CONFIG_NAME
    write_bytes_atomic(paths[0], model.SerializeToString())
    write_text_atomic(paths[1], yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    return paths


def import_fast_plate_ocr(
    model_path: Path, config_path: Path, bundle_dir: Path, name: str
) -> ReaderCard:
    """Write a network of fast-plate-ocr as a reader's bundle, and return its card.

    Its confidences are as the network says them until the bundle is calibrated.

    Raises:
        BundleError: The files are not fast-plate-ocr's, or do not fit together.
        FileNotFoundError: One is missing.
    """
    config = _read_config(config_path)
    network = _read_network(model_path)
    is_grey = config.image_color_mode == "grayscale"
    slots, symbols = config.max_plate_slots, len(config.alphabet)
    size = [config.img_height, config.img_width]
    model = _join(_bytes_part(size, is_grey), network, {"as_bytes": network.graph.input[0].name})
    plate = _find_output(model)
    model = _join(model, _shape_part(slots, symbols), {plate: "said"})
    pad = config.pad_char if config.pad_char in config.alphabet else None
    try:
        plate_format = PlateFormat(name=name, slots=slots, alphabet=config.alphabet, pad=pad)
        card = ReaderCard(
            name=name,
            plate_format=plate_format,
            height=config.img_height,
            width=config.img_width,
            provenance={"from": "fast-plate-ocr", "model": model_path.name},
        )
    except ValidationError as error:
        raise BundleError(f"{config_path.name}: {error.errors()[0]['msg']}.") from error
    write_bundle(bundle_dir, card, model.SerializeToString())
    return card


def _bytes_part(size: list[int], is_grey: bool) -> ModelProto:
    """Return what turns our pictures into bytes, of one grey channel where that is wanted."""
    source, num_channels = INPUT_NAME, 1 if is_grey else 3
    nodes, constants = [], []
    if is_grey:
        constants.append(numpy_helper.from_array(_GREY.reshape(3, 1), "grey_weights"))
        nodes.append(helper.make_node("MatMul", [source, "grey_weights"], ["grey"]))
        source = "grey"
    nodes += [
        helper.make_node("Round", [source], ["rounded"]),
        helper.make_node("Cast", ["rounded"], ["as_bytes"], to=TensorProto.UINT8),
    ]
    return _make_part(
        nodes,
        helper.make_tensor_value_info(INPUT_NAME, TensorProto.FLOAT, ["N", *size, 3]),
        helper.make_tensor_value_info("as_bytes", TensorProto.UINT8, ["N", *size, num_channels]),
        constants,
    )


def _shape_part(slots: int, symbols: int) -> ModelProto:
    """Return what gives each slot its probabilities."""
    shape = numpy_helper.from_array(np.array([-1, slots, symbols], np.int64), "plate_shape")
    return _make_part(
        [helper.make_node("Reshape", ["said", "plate_shape"], [OUTPUT_NAME])],
        helper.make_tensor_value_info("said", TensorProto.FLOAT, None),
        helper.make_tensor_value_info(OUTPUT_NAME, TensorProto.FLOAT, ["N", slots, symbols]),
        [shape],
    )


def _make_part(
    nodes: list[onnx.NodeProto],
    source: onnx.ValueInfoProto,
    target: onnx.ValueInfoProto,
    constants: list[TensorProto] | None = None,
) -> ModelProto:
    graph = helper.make_graph(nodes, "lpr_workbench", [source], [target], constants or [])
    return helper.make_model(graph)


def _join(first: ModelProto, second: ModelProto, links: dict[str, str]) -> ModelProto:
    """Return both as one model, by the versions of the one that is not ours."""
    ours, foreign = (first, second) if first.graph.name == "lpr_workbench" else (second, first)
    ours.ir_version = foreign.ir_version
    del ours.opset_import[:]
    ours.opset_import.extend(foreign.opset_import)
    joined = compose.merge_models(first, second, io_map=list(links.items()))
    joined.graph.name = "joined"
    return joined


def _rename_output(model: ModelProto, old: str, new: str) -> None:
    for node in model.graph.node:
        node.output[:] = [new if name == old else name for name in node.output]
        node.input[:] = [new if name == old else name for name in node.input]
    for value in model.graph.output:
        if value.name == old:
            value.name = new


def _find_output(model: ModelProto) -> str:
    names = [value.name for value in model.graph.output]
    return _OUTPUT if _OUTPUT in names else names[0]


def _free_symbol(plate_format: PlateFormat) -> str:
    return next(symbol for symbol in "_-#~" if symbol not in plate_format.alphabet)


def _read_config(path: Path) -> PlateConfigFile:
    try:
        said = yaml.safe_load(read_untrusted_text(path, _MAX_CONFIG_BYTES))
        return PlateConfigFile.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise BundleError(
            f"{path.name} is no configuration of fast-plate-ocr: {place}: {first['msg']}."
        ) from error
    except (FileRefusedError, UnicodeError, yaml.YAMLError) as error:
        raise BundleError(f"{path.name} is no YAML file that can be read.") from error


def _read_network(path: Path) -> ModelProto:
    try:
        network = onnx.load_from_string(read_untrusted(path, MAX_PART_BYTES))
    except FileRefusedError as error:
        raise BundleError(str(error)) from error
    except Exception as error:  # protobuf's errors share no public parent
        raise BundleError(f"{path.name} is no ONNX model that can be loaded.") from error
    if len(network.graph.input) != 1 or not network.graph.output:
        raise BundleError(
            f"{path.name} must have one input and an output. "
            f"Received: {len(network.graph.input)} and {len(network.graph.output)}"
        )
    return network
