import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

from lpr_core.backbones import build as backbones_module
from lpr_core.backbones import weights as weights_module
from lpr_core.backbones.build import build_backbone, find_backbone
from lpr_core.backbones.efficientnet_lite import IMAGENET_PATH
from lpr_core.backbones.facts import backbone_names
from lpr_core.backbones.weights import load_backbone_weights
from tests.kit.places import REPOSITORY_DIR

SHARED_WEIGHTS = REPOSITORY_DIR.parent / "shared" / "weights"
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
IMAGENET_MEAN = np.array([123.675, 116.28, 103.53])  # of RGB 0..255
IMAGENET_STDDEV = np.array([58.395, 57.12, 57.375])

# Values that black, white and ImageNet's mean colour have once they are preprocessed.
SYMMETRIC = ([-1, -1, -1], [1, 1, 1], IMAGENET_MEAN / 127.5 - 1)
EXPECTED_RANGES = {
    "compact": SYMMETRIC,
    # Keras divides by 255 once more, inside the network.
    "efficientnet_b0": (
        -255 * IMAGENET_MEAN / IMAGENET_STDDEV,
        255 * (255 - IMAGENET_MEAN) / IMAGENET_STDDEV,
        [0, 0, 0],
    ),
    "efficientnet_lite0": ([-127 / 128] * 3, [1, 1, 1], (IMAGENET_MEAN - 127) / 128),
    "mobilenet_v2_0.35": SYMMETRIC,
    "resnet50": (
        [-103.939, -116.779, -123.68],
        [151.061, 138.221, 131.32],
        [-0.409, -0.499, -0.005],
    ),
    "xception": SYMMETRIC,
    "vgg16": (
        [-103.939, -116.779, -123.68],
        [151.061, 138.221, 131.32],
        [-0.409, -0.499, -0.005],
    ),
    "vgg16_0.125": (
        [-103.939, -116.779, -123.68],
        [151.061, 138.221, 131.32],
        [-0.409, -0.499, -0.005],
    ),
    "inception_resnet_v2": SYMMETRIC,
}


@pytest.mark.parametrize("name", backbone_names())
def test_preprocessing_is_what_the_weights_expect(name):
    picture = np.array([[BLACK, WHITE, IMAGENET_MEAN]], np.float32)[None]  # (1, 1, 3, 3)
    received = np.asarray(find_backbone(name).preprocess()(picture))[0, 0]
    np.testing.assert_allclose(received, np.stack(EXPECTED_RANGES[name]), atol=2e-3, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("mobilenet_v2_0.35", keras.applications.mobilenet_v2),
        ("resnet50", keras.applications.resnet50),
        ("xception", keras.applications.xception),
        ("vgg16", keras.applications.vgg16),
        ("inception_resnet_v2", keras.applications.inception_resnet_v2),
    ],
)
def test_preprocessing_is_that_of_keras(name, module):
    pictures = np.random.default_rng(0).integers(0, 256, (2, 5, 4, 3)).astype(np.float32)
    ours = np.asarray(find_backbone(name).preprocess()(pictures))
    np.testing.assert_allclose(ours, module.preprocess_input(pictures.copy()), atol=1e-4)


@pytest.mark.parametrize(
    ("name", "size", "shape", "num_parameters"),
    [
        ("compact", (64, 192), (4, 24, 160), 1_178_408),
        ("compact", (16, 48), (1, 6, 160), 1_178_408),
        ("efficientnet_b0", (64, 96), (2, 3, 1280), 4_049_571),
        ("efficientnet_lite0", (64, 96), (2, 3, 1280), 3_413_024),
        ("mobilenet_v2_0.35", (64, 96), (2, 3, 1280), 410_208),
        ("vgg16", (32, 64), (1, 2, 512), 14_714_688),
        ("vgg16_0.125", (32, 64), (1, 2, 64), 230_568),
    ],
)
def test_feature_maps(name, size, shape, num_parameters):
    backbone = build_backbone(name, *size)
    assert backbone.input_shape == (None, *size, 3)
    assert backbone.output_shape == (None, *shape)
    assert backbone.count_params() == num_parameters
    assert backbone.get_layer("preprocess") is backbone.layers[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "num_parameters"),
    [("resnet50", 23_587_712), ("xception", 20_861_480), ("inception_resnet_v2", 54_336_736)],
)
def test_feature_maps_of_large_networks(name, num_parameters):
    assert build_backbone(name, 75, 96).count_params() == num_parameters


@pytest.mark.parametrize("size", [(70, 192), (192, 70)])
def test_too_small_pictures_are_refused(size):
    with pytest.raises(
        ValueError, match=rf"xception takes pictures of at least 71x71.*: {size[0]}x"
    ):
        build_backbone("xception", *size)


def test_every_name_is_built():
    assert set(backbones_module._BACKBONES) == set(backbone_names())


def test_shipped_imagenet_weights_are_loaded_whole():
    network = build_backbone("efficientnet_lite0", 32, 32)
    random_values = network.get_weights()
    load_backbone_weights(network, "efficientnet_lite0", "imagenet")
    with np.load(IMAGENET_PATH) as arrays:
        assert sorted(path_of(weight) for weight in network.weights) == sorted(arrays.files)
        for weight in network.weights:
            np.testing.assert_array_equal(
                weight.numpy(), arrays[path_of(weight)].astype(np.float32), err_msg=weight.path
            )
    kernels = [i for i, weight in enumerate(network.weights) if weight.name == "kernel"]
    assert all(not np.array_equal(random_values[i], network.get_weights()[i]) for i in kernels)


def path_of(weight) -> str:
    return weight.path.replace("/", ".")


def test_downloaded_weights_give_the_function_of_a_weight_file(monkeypatch, tmp_path):
    """EfficientNetB0 with weights="imagenet" has a layer more than with the same file's path."""
    donor = keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    # What the published file holds: https://github.com/tensorflow/tensorflow/issues/49930
    normalization = next(x for x in donor.layers if isinstance(x, keras.layers.Normalization))
    stored = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 0]
    normalization.set_weights([np.array(value) for value in stored])
    path = tmp_path / "published.weights.h5"
    save_without_warning(donor, path)
    monkeypatch.setattr(
        keras.applications, "EfficientNetB0", lambda **options: take_donor(options, donor)
    )
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.float32)
    downloaded, from_file = [
        load_and_predict(donor_weights, pictures) for donor_weights in ("imagenet", str(path))
    ]
    np.testing.assert_allclose(downloaded, from_file, atol=1e-6)
    np.testing.assert_allclose(downloaded, predict_as_published(donor, pictures), atol=1e-4)


_EfficientNetB0 = keras.applications.EfficientNetB0


def take_donor(options, donor):
    if options["weights"] == "imagenet":
        return donor
    return _EfficientNetB0(**options)


def load_and_predict(weights, pictures):
    network = build_backbone("efficientnet_b0", 32, 32)
    load_backbone_weights(network, "efficientnet_b0", weights)
    return np.asarray(network(pictures))


def predict_as_published(donor, pictures):
    """Feed a donor such that all of its scaling comes to (x / 255 - mean) / stddev."""
    normalization = next(x for x in donor.layers if isinstance(x, keras.layers.Normalization))
    variance = np.square([0.229, 0.224, 0.225])
    normalization.set_weights([np.array([0.485, 0.456, 0.406]), variance, np.array(0)])
    normalization.finalize_state()
    return np.asarray(donor(pictures))


def save_without_warning(model, path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # h5py and NumPy 2
        model.save_weights(path)


def test_mobilenet_file_of_keras_is_read():
    path = SHARED_WEIGHTS / "mobilenetv2_0.35_224_imagenet_notop.weights.h5"
    if not path.exists():
        pytest.skip("the file is not beside this checkout")
    network = build_backbone("mobilenet_v2_0.35", 32, 32)
    before = network.get_layer("Conv1").get_weights()[0]
    load_backbone_weights(network, "mobilenet_v2_0.35", str(path))
    after = network.get_layer("Conv1").get_weights()[0]
    assert not np.array_equal(before, after)


def test_random_weights_stay():
    network = build_backbone("compact", 16, 16)
    before = network.get_weights()
    load_backbone_weights(network, "compact", "none")
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_failed_download_is_said_and_nothing_is_random(monkeypatch):
    def fail(**_):
        raise Exception("URL fetch failure on https://example.org: None")

    network = build_backbone("mobilenet_v2_0.35", 32, 32)
    monkeypatch.setattr(keras.applications, "MobileNetV2", fail)
    with pytest.raises(ConnectionError, match=r"ImageNet weights of mobilenet_v2_0\.35 could"):
        weights_module.load_backbone_weights(network, "mobilenet_v2_0.35", "imagenet")


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ("imagenet", ValueError, "compact has no ImageNet weights; use `none` or the path"),
        ("nowhere.h5", FileNotFoundError, "`weights` must be none, imagenet, or .*'nowhere.h5'"),
        ("text.weights.h5", ValueError, "text.weights.h5 does not hold weights of compact"),
    ],
)
def test_bad_weights_are_refused(tmp_path, monkeypatch, weights, error, message):
    monkeypatch.chdir(tmp_path)
    Path("text.weights.h5").write_text("no weights")
    with pytest.raises(error, match=message):
        load_backbone_weights(build_backbone("compact", 16, 16), "compact", weights)
