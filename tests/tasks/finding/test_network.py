import keras
import numpy as np
import pytest

from lpr_core.backbones.build import build_backbone
from lpr_core.backbones.taps import tap_backbone
from lpr_core.tasks.finding import TASK
from lpr_core.tasks.finding.boxes.matching import encode_truth
from lpr_core.tasks.finding.layers import L2Normalization
from lpr_core.tasks.finding.network import build_graph, find_default_boxes, measure_maps
from lpr_core.tasks.networks import build_network
from lpr_core.training.penalties import measure_penalties
from tests.kit.finding_kit import make_finding_config, tiny_finding

SHAPES = ((0.1, 0.05), (0.3, 0.1), (0.6, 0.3))
VOC = tuple(f"class {number}" for number in range(20))


def make_ssd(**settings):
    defaults = {"head": "ssd300", "backbone": "vgg16", "height": 300, "width": 300}
    return make_finding_config(**{**defaults, "corners": False, **settings})


@pytest.fixture(scope="module")
def ssd300():
    return build_graph(make_ssd(classes=VOC))


def test_ssd300_has_the_weights_and_boxes_of_the_port(ssd300):
    assert ssd300.count_params() == 26_285_486
    assert ssd300.output_shape == (None, 8732, 25)
    config = make_ssd(classes=VOC)
    assert measure_maps(config) == [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]
    assert find_default_boxes(config).shape == (8732, 4)
    backbone = ssd300.get_layer("backbone")
    assert backbone.count_params() == 14_714_688
    assert backbone.get_layer("preprocess") is backbone.layers[1]
    assert ssd300.get_layer("fc6").dilation_rate == (6, 6)
    assert np.unique(ssd300.get_layer("conv4_3_norm").gains) == [20]


def test_ssd300_takes_the_weights_of_kerass_vgg16(ssd300):
    donor = keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
    shapes = [weight.shape for weight in donor.weights]
    assert [weight.shape for weight in ssd300.get_layer("backbone").weights] == shapes


@pytest.mark.parametrize(("num_classes", "outputs"), [(1, 6), (80, 85)])
def test_ssd300_has_any_number_of_classes(num_classes, outputs):
    classes = tuple(f"class {number}" for number in range(num_classes))
    config = make_ssd(classes=classes, backbone="vgg16_0.125", height=96, width=96)
    assert build_graph(config).output_shape[2] == outputs


def test_ssd300_learns_from_one_small_picture_with_its_penalty_told_apart():
    config = make_ssd(backbone="vgg16_0.125", height=96, width=96, l2=5e-4)
    network = build_network(config, seed=0)
    truth = np.zeros((1, 1, 14), np.float32)
    truth[0, 0, :5] = [1, 0.2, 0.2, 0.5, 0.6]
    targets = encode_truth(truth[0], find_default_boxes(config), config)[None]
    picture = np.random.default_rng(0).uniform(0, 255, (1, 96, 96, 3)).astype(np.float32)
    loss, metrics = TASK.make_loss(config, 0.0), TASK.make_metrics(config)
    optimizer = keras.optimizers.SGD(1e-3, 0.9)
    network.compile(optimizer, loss, metrics=metrics, run_eagerly=True)
    before = measure_penalties(network)
    told = network.train_on_batch(picture, targets, return_dict=True)
    kernels = [w for w in network.trainable_weights if w.path.endswith("kernel")]
    assert len(kernels) == 13 + 2 + 4 + 2 * 4  # VGG16, fc6 and fc7, two extras, four maps' heads
    assert before["penalty"] > 0
    assert before["frozen_penalty"] == 0
    parts = told["class_loss"] + told["box_loss"]
    assert told["loss"] == pytest.approx(parts + before["penalty"], rel=1e-4)
    assert measure_penalties(network)["penalty"] != before["penalty"]


def test_frozen_layers_have_a_penalty_that_does_not_count():
    config = make_ssd(backbone="vgg16_0.125", height=96, width=96, l2=5e-4)
    whole = measure_penalties(build_network(config, seed=0))
    frozen = measure_penalties(build_network(config.model_copy(update={"freeze": 1.0}), seed=0))
    assert frozen["frozen_penalty"] > 0
    assert sum(frozen.values()) == pytest.approx(whole["penalty"], rel=1e-5)


def test_ssd300_stands_on_vgg16_only():
    with pytest.raises(ValueError, match=r"VGG16 backbone\. Received: compact"):
        build_graph(make_ssd(backbone="compact"))


def test_l2_normalization():
    layer = L2Normalization(gain=20.0)
    features = np.array([[[[3.0, 4.0], [0.0, 0.0]]]], np.float32)
    np.testing.assert_allclose(layer(features), [[[[12, 16], [0, 0]]]], rtol=1e-5)


@pytest.mark.parametrize(
    ("backbone", "size", "maps"),
    [
        ("mobilenet_v2_0.35", 64, [(8, 8), (4, 4), (2, 2)]),
        ("vgg16_0.125", 64, [(8, 8), (4, 4), (2, 2)]),
        ("compact", 64, [(8, 8), (4, 8)]),
    ],
)
def test_a_finder_stands_on_any_backbone(backbone, size, maps):
    config = make_finding_config(
        backbone=backbone, height=size, width=size, default_boxes=SHAPES, classes=("plate",)
    )
    assert measure_maps(config) == maps
    network = build_graph(config)
    assert network.output_shape == (None, len(find_default_boxes(config)), 2 + 4 + 8)
    assert len(network.get_layer("backbone").outputs) == len(maps)


def test_taps_leave_the_order_of_weights_alone():
    backbone = build_backbone("mobilenet_v2_0.35", 64, 64)
    names = [weight.path for weight in backbone.weights]
    tapped = tap_backbone(backbone)
    assert [weight.path for weight in tapped.weights] == names
    assert [tuple(output.shape[1:]) for output in tapped.outputs] == [
        *((8, 8, 96), (4, 4, 192), (2, 2, 1280))
    ]


def test_a_finder_of_one_map():
    config = make_finding_config(default_boxes=SHAPES, height=32, width=32)
    with tiny_finding():
        assert build_graph(config).output_shape == (None, 8 * 8 * 3, 1 + 4 + 4 + 8)


def test_what_a_network_needs():
    with pytest.raises(ValueError, match="`default_boxes` must be fitted"):
        build_graph(make_finding_config())
    with pytest.raises(ValueError, match="`classes` must be known"):
        build_graph(make_finding_config(classes=(), default_boxes=SHAPES))
    with pytest.raises(ValueError, match="`ignore_from` must not exceed"):
        make_finding_config(match_from=0.4)
    with pytest.raises(ValueError, match="`classes` must differ"):
        make_finding_config(classes=("a", "a"))
    with pytest.raises(ValueError, match="`scales` must be 7"):
        make_ssd(scales=(0.1, 0.2))
