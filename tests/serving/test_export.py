import json
import subprocess

import numpy as np
import pytest

from lpr_core.plates.format import PlateFormat
from lpr_core.serving import export
from lpr_core.serving.bundle import BundleError, read_bundle
from lpr_core.serving.calibration import Calibration
from lpr_core.serving.export import PARITY_TOLERANCE, ExportError, convert_model, export_reader
from lpr_core.serving.reader import BATCH_SIZE, Reader
from tests.kit.tiny_reader import draw_tiny_plate

keras = pytest.importorskip("keras")
FORMAT = PlateFormat(name="short", slots=3, alphabet="ABCDE")
HEIGHT, WIDTH = 8, 12


@pytest.fixture(scope="module")
def model():
    """A few filters, the Normalization whose constants tf2onnx leaves dangling, and a dropout."""
    keras.utils.set_random_seed(0)
    image = keras.Input((HEIGHT, WIDTH, 3), name="picture")
    normalized = keras.layers.Normalization(mean=[120.0, 110.0, 100.0], variance=[900.0] * 3)(image)
    features = keras.layers.Conv2D(4, 3, activation="swish")(normalized)
    features = keras.layers.BatchNormalization()(features)
    pooled = keras.layers.Dropout(0.5)(keras.layers.GlobalAveragePooling2D()(features))
    logits = keras.layers.Dense(15, kernel_initializer="random_normal")(pooled)
    outputs = keras.layers.Softmax(name="symbols")(keras.layers.Reshape((3, 5))(logits))
    return keras.Model(image, outputs)


@pytest.fixture(scope="module")
def converted(model):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("an export needs TensorFlow")
    return convert_model(model)


@pytest.fixture
def cheap_export(model, converted, monkeypatch, tmp_path):
    """`export_reader` of `model` with its conversion done once for all tests."""
    monkeypatch.setattr(export, "convert_model", lambda _: converted)

    def call(**changes):
        arguments = {
            "plate_format": FORMAT,
            "height": HEIGHT,
            "width": WIDTH,
            "parity_pictures": draw_pictures(3),
            "out_dir": tmp_path / "bundle",
            "name": "short",
        }
        return export_reader(model, **arguments | changes)

    return call


def draw_pictures(count):
    rng = np.random.default_rng(0)
    shapes = [(20 + index % 5, 40 + index % 7, 3) for index in range(count)]
    return [rng.integers(0, 256, shape, np.uint8) for shape in shapes]


def test_exported_model_agrees_with_keras_in_any_batch(model, cheap_export):
    pictures = draw_pictures(BATCH_SIZE + 3)
    bundle_dir = cheap_export(parity_pictures=pictures)
    card = read_bundle(bundle_dir).card
    parity = card.provenance["parity"]
    assert parity == {
        "num_pictures": BATCH_SIZE + 3,
        "max_difference": parity["max_difference"],
        "tolerance": PARITY_TOLERANCE,
    }
    assert 0 <= parity["max_difference"] < 1e-5
    probabilities = Reader.load(bundle_dir).predict_batch(pictures)
    assert probabilities.shape == (BATCH_SIZE + 3, 3, 5)
    np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-5)
    # The pictures differ for the network, so the agreement means something.
    assert probabilities.std(axis=0).max() > 1e-3


def test_conversion_names_input_and_output_and_leaves_nothing_dangling(converted):
    import onnx

    graph = onnx.load_from_string(converted).graph
    described = [
        (value.name, [size.dim_value for size in value.type.tensor_type.shape.dim])
        for value in [*graph.input, *graph.output]
    ]  # a free dimension has the value 0
    assert described == [("image", [0, HEIGHT, WIDTH, 3]), ("probabilities", [0, 3, 5])]


def test_card_tells_where_the_model_comes_from(cheap_export):
    calibration = Calibration(temperature=1.25, num_plates=9)
    bundle_dir = cheap_export(provenance={"run": "r-1"}, calibration=calibration)
    card = json.loads((bundle_dir / "reader.json").read_text())
    assert card["provenance"]["run"] == "r-1"
    assert card["calibration"] == calibration.model_dump()
    assert {"keras", "tf2onnx", "onnx", "numpy"} <= card["created_with"].keys()


def test_differing_model_is_refused_with_numbers(cheap_export, model, tmp_path, monkeypatch):
    other = keras.models.clone_model(model)  # new random weights
    monkeypatch.setattr(
        "lpr_core.serving.export.measure_difference",
        lambda _, bundle, pictures: measure(other, bundle, pictures),
    )
    with pytest.raises(ExportError, match=r"may differ by 0.0001 .* 0\.\d+ on 3 pictures"):
        cheap_export()
    assert list(tmp_path.iterdir()) == []


measure = export.measure_difference


@pytest.mark.parametrize("difference", [PARITY_TOLERANCE * 1.01, float("nan")])
def test_limit_of_the_parity_check(cheap_export, monkeypatch, difference):
    monkeypatch.setattr(export, "measure_difference", lambda *_: difference)
    with pytest.raises(ExportError):
        cheap_export()


def test_difference_at_the_limit_passes(cheap_export, monkeypatch):
    monkeypatch.setattr(export, "measure_difference", lambda *_: PARITY_TOLERANCE)
    assert cheap_export().is_dir()


def test_pictures_to_compare_on_are_required(cheap_export):
    with pytest.raises(ValueError, match="at least one picture"):
        cheap_export(parity_pictures=[])


def test_wrong_size_is_refused(cheap_export):
    with pytest.raises(BundleError, match="must have the input and output"):
        cheap_export(width=WIDTH + 1)


def test_other_backend_is_refused(model, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ExportError, match=r"needs KERAS_BACKEND=tensorflow, .* Received: jax"):
        convert_model(model)


@pytest.mark.parametrize(
    ("stderr", "reason"), [("Traceback\nKeyError: 'x'\n", "KeyError: 'x'"), ("", "no message")]
)
def test_failing_conversion_is_one_sentence(model, monkeypatch, stderr, reason):
    finished = subprocess.CompletedProcess([], 1, stdout="", stderr=stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: finished)
    monkeypatch.setattr(type(model), "export", lambda *_, **__: None)
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(ExportError, match=f"^tf2onnx could not convert the model: {reason}.$"):
        convert_model(model)


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["efficientnet_b0", "compact"])
def test_real_backbone_is_exported(tmp_path, backbone):
    from lpr_core.tasks.networks import build_network
    from lpr_core.tasks.reading import ReadingConfig

    config = ReadingConfig(backbone=backbone, height=64, width=192, weights="none")
    bundle_dir = export_reader(
        build_network(config),
        plate_format=config.plate_format,
        height=64,
        width=192,
        parity_pictures=[draw_tiny_plate("ABC1234"), *draw_pictures(2)],
        out_dir=tmp_path / backbone,
        name=backbone,
    )
    assert len(Reader.load(bundle_dir).read(draw_tiny_plate("ABC1234")).text) == 7
