"""Readers for fast-plate-ocr's runtime, and its networks as readers here."""

import numpy as np
import onnx
import onnxruntime
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from lpr_core.plates.format import PlateFormat
from lpr_core.serving.bundle import BundleError
from lpr_core.serving.fast_plate_ocr import export_fast_plate_ocr, import_fast_plate_ocr
from lpr_core.serving.reader import Reader
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

PADDED = PlateFormat(name="padded", slots=5, alphabet="0123456789AB_", pad="_")
CONFIG = {
    "max_plate_slots": 2,
    "alphabet": "AB_",
    "pad_char": "_",
    "img_height": 4,
    "img_width": 6,
    "image_color_mode": "grayscale",
    "plate_regions": ["somewhere"],  # one of many keys that mean nothing here
}


def write_foreign(folder, flat=True, name="plate", channels=1, **changes):
    """A network as fast-plate-ocr exports it: it says "AA" of dark pictures, "BB" of light ones."""
    weights = np.zeros((4 * 6 * channels, 6), np.float32)
    weights[:, [1, 4]] = 1 / (4 * 6 * channels)
    bias = np.array([0, -127.5, -500, 0, -127.5, -500], np.float32)
    nodes = [
        helper.make_node("Cast", ["input"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["float"], ["row"]),
        helper.make_node("Gemm", ["row", "weights", "bias"], ["logits"]),
        helper.make_node("Reshape", ["logits", "shape"], ["slots"]),
        helper.make_node("Softmax", ["slots"], ["all"], axis=-1),
        helper.make_node("Reshape", ["all", "end"], [name]),
    ]
    end = [-1, 6] if flat else [-1, 2, 3]
    constants = {"weights": weights, "bias": bias, "shape": [-1, 2, 3], "end": end}
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("input", TensorProto.UINT8, ["N", 4, 6, channels])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *end[1:]])],
        [
            numpy_helper.from_array(
                value if isinstance(value, np.ndarray) else np.array(value, np.int64), key
            )
            for key, value in constants.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "net.onnx").write_bytes(model.SerializeToString())
    (folder / "net.yaml").write_text(yaml.safe_dump({**CONFIG, **changes}))
    return folder / "net.onnx", folder / "net.yaml"


@pytest.mark.parametrize("plate_format", [PADDED, PlateFormat()], ids=lambda found: found.name)
def test_a_reader_says_the_same_in_their_runtime(tmp_path, plate_format):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny", plate_format)
    model_path, config_path = export_fast_plate_ocr(bundle_dir, tmp_path / "out")
    config = yaml.safe_load(config_path.read_text())
    assert config["max_plate_slots"] == plate_format.slots
    assert config["alphabet"] == plate_format.alphabet
    assert config["pad_char"] == "_"
    assert (config["image_color_mode"], config["keep_aspect_ratio"]) == ("rgb", False)
    size = (config["img_height"], config["img_width"])
    pictures = [
        draw_tiny_plate(text, plate_format=plate_format, scale=1)
        for text in ("12AB0", "0B")
        if plate_format.pad
    ] or [draw_tiny_plate("ABC1234", scale=1)]
    assert pictures[0].shape[:2] == size
    session = onnxruntime.InferenceSession(model_path, providers=["CPUExecutionProvider"])
    assert [node.name for node in session.get_inputs()] == ["input"]
    (said,) = session.run(["plate"], {"input": np.stack(pictures)})
    # As `postprocess_output` of fast-plate-ocr does it.
    best = said.reshape(-1, plate_format.slots, plate_format.num_symbols).argmax(axis=-1)
    texts = ["".join(plate_format.alphabet[i] for i in row).rstrip("_") for row in best]
    assert texts == [one.text for one in Reader.load(bundle_dir).read_batch(pictures)]
    np.testing.assert_allclose(
        said.reshape(len(pictures), plate_format.slots, -1),
        Reader.load(bundle_dir).predict_batch(pictures),
        atol=1e-6,
    )


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("name", ["plate", "output_0"])
@pytest.mark.parametrize("colours", ["grayscale", "rgb"])
def test_their_networks_are_readers(tmp_path, flat, name, colours):
    channels = 1 if colours == "grayscale" else 3
    paths = write_foreign(tmp_path, flat, name, channels, image_color_mode=colours)
    card = import_fast_plate_ocr(*paths, tmp_path / "bundle", "theirs")
    assert (card.plate_format.slots, card.plate_format.pad) == (2, "_")
    reader = Reader.load(tmp_path / "bundle")
    dark, light = (np.full((20, 30, 3), level, np.uint8) for level in (20, 240))
    assert [one.text for one in reader.read_batch([dark, light])] == ["AA", "BB"]


def test_a_reader_comes_back(tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny", PADDED)
    paths = export_fast_plate_ocr(bundle_dir, tmp_path / "out")
    import_fast_plate_ocr(*paths, tmp_path / "back", "back")
    picture = draw_tiny_plate("12AB", plate_format=PADDED)
    assert Reader.load(tmp_path / "back").read(picture).text == "12AB"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"keep_aspect_ratio": True}, "net.yaml is no configuration .*keep_aspect_ratio must be"),
        ({"max_plate_slots": 0}, "net.yaml is no configuration .*: max_plate_slots"),
        (
            {"image_color_mode": "hsv"},
            "net.yaml is no configuration .*: image_color",
        ),
        ({"alphabet": "AAB"}, "net.yaml: .*must not repeat symbols"),
        ({"img_height": 5}, "no ONNX model that can be loaded"),
    ],
)
def test_configurations_that_do_not_fit(tmp_path, changes, problem):
    paths = write_foreign(tmp_path, **changes)
    with pytest.raises(BundleError, match=problem):
        import_fast_plate_ocr(*paths, tmp_path / "bundle", "theirs")
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("net.onnx", b"no model", "net.onnx is no ONNX model that can be loaded"),
        ("net.onnx", onnx.ModelProto().SerializeToString(), "net.onnx must have one input"),
        ("net.yaml", b"- a\n- b", "net.yaml is no configuration of fast-plate-ocr: the file"),
        ("net.yaml", b"a: [", "net.yaml is no YAML file that can be read"),
        ("net.yaml", b"\xff\xfe", "net.yaml is no YAML file that can be read"),
    ],
)
def test_broken_files(tmp_path, name, content, problem):
    paths = write_foreign(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BundleError, match=problem):
        import_fast_plate_ocr(*paths, tmp_path / "bundle", "theirs")
