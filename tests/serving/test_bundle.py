import hashlib
import json

import onnx
import pytest

from lpr_core.files import write_bytes_atomic
from lpr_core.plates.format import SEVEN, PlateFormat
from lpr_core.serving.bundle import (
    Bundle,
    BundleError,
    ReaderCard,
    open_session,
    read_bundle,
    read_card,
    write_bundle,
    write_card,
)
from lpr_core.serving.calibration import Calibration
from tests.kit.tiny_reader import HEIGHT, tiny_model, write_tiny_bundle

MODEL_SHA256 = hashlib.sha256(tiny_model()).hexdigest()


@pytest.fixture
def bundle_dir(tmp_path):
    return write_tiny_bundle(tmp_path / "tiny")


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_card_on_disk_is_complete(bundle_dir):
    assert json.loads((bundle_dir / "reader.json").read_text()) == {
        "kind": "lpr-reader-1",
        "name": "tiny",
        "plate_format": {
            "name": "seven",
            "slots": 7,
            "alphabet": "0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ",
            "pad": None,
        },
        "height": 8,
        "width": 28,
        "preprocessing": "RGB, stretched to height x width, float32 from 0 to 255; "
        "the model scales",
        "decide_by": "mean",
        "margins": [0.0],
        "calibration": {
            "temperature": 1.0,
            "plate_slope": 1.0,
            "plate_intercept": 0.0,
            "num_plates": 0,
        },
        "floor": {
            "readable_from": 0.5,
            "measured_on": "",
            "num_plates": 0,
            "num_below": 0,
            "num_right_below": 0,
        },
        "doubtful_below": 0.9,
        "threads": 1,
        "provenance": {},
        "accuracy": {},
        "created_with": {},
        "model_sha256": MODEL_SHA256,
    }


def test_bundle_round_trip(tmp_path):
    card = ReaderCard(
        name="round.trip-2",
        plate_format=PlateFormat(name="short", slots=4, alphabet="_ABC", pad="_"),
        height=HEIGHT,
        width=16,
        calibration=Calibration(temperature=1.5, plate_slope=0.8, num_plates=3),
        doubtful_below=0.75,
        threads=2,
        provenance={"run": "r1", "parity": {"max_difference": 1e-6}},
        accuracy={"validation": {"plate_accuracy": 0.5}},
        created_with={"numpy": "2"},
    )
    model = tiny_model(card.plate_format)
    read = read_bundle(write_bundle(tmp_path / "deep" / "bundle", card, model))
    assert read.model == model
    assert read.card.model_copy(update={"model_sha256": ""}) == card
    assert read.card.version == f"round.trip-2-{read.card.model_sha256[:8]}"


def test_writing_leaves_nothing_beside_the_bundle(bundle_dir):
    write_tiny_bundle(bundle_dir, name="again")  # replaces the first
    assert read_card(bundle_dir).name == "again"
    assert files_in(bundle_dir) == ["model.onnx", "reader.json"]
    assert files_in(bundle_dir.parent) == ["tiny"]


def test_unfit_model_is_refused_and_the_old_bundle_stays(bundle_dir):
    card = ReaderCard(name="wide", height=HEIGHT, width=99)
    with pytest.raises(BundleError, match=r"must have the input and output .*99.*not .*28"):
        write_bundle(bundle_dir, card, tiny_model())
    with pytest.raises(BundleError, match="no ONNX model that can be loaded"):
        write_bundle(bundle_dir, card, b"not a model")
    assert read_card(bundle_dir).name == "tiny"
    assert files_in(bundle_dir.parent) == ["tiny"]


def test_failure_while_replacing_keeps_the_old_bundle(bundle_dir, monkeypatch):
    def fail_at_the_card(path, content):
        if path.name == "reader.json":
            raise OSError("disk full")
        write_bytes_atomic(path, content)

    monkeypatch.setattr("lpr_core.serving.parts.write_bytes_atomic", fail_at_the_card)
    with pytest.raises(OSError, match="disk full"):
        write_tiny_bundle(bundle_dir, name="again")
    monkeypatch.undo()
    assert read_bundle(bundle_dir).card.name == "tiny"
    assert files_in(bundle_dir.parent) == ["tiny"]


def test_card_alone_is_replaced(bundle_dir):
    card = read_card(bundle_dir).model_copy(update={"calibration": Calibration(temperature=2)})
    write_card(bundle_dir, card)
    assert read_bundle(bundle_dir).card == card


def test_changed_model_is_refused(bundle_dir):
    model_path = bundle_dir / "model.onnx"
    model_path.write_bytes(model_path.read_bytes() + b"\0")
    with pytest.raises(BundleError, match=r"must have the checksum that reader.json states, "):
        read_bundle(bundle_dir)


@pytest.mark.parametrize("missing", ["model.onnx", "reader.json"])
def test_missing_file_is_named(bundle_dir, missing):
    (bundle_dir / missing).unlink()
    with pytest.raises(FileNotFoundError, match=rf"needs model.onnx and reader.json; .*{missing}"):
        read_bundle(bundle_dir)


def test_missing_folder_and_file_as_folder(bundle_dir):
    for path in (bundle_dir / "nowhere", bundle_dir / "reader.json"):
        with pytest.raises(FileNotFoundError, match=r"reader\.json is missing"):
            read_bundle(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file: Invalid JSON"),
        ("[]", "the file: Input should be an object"),
        ('{"model": "resnet"}', "name: Field required"),
        ('{"kind": "other", "name": "x", "height": 1, "width": 1}', "kind: Input should be"),
        ('{"name": "x", "height": 0, "width": 1}', "height: Input should be greater"),
        ('{"name": "../x", "height": 1, "width": 1}', "name: String should match"),
        ('{"name": "x", "height": 1, "width": 1, "extra": 1}', "extra: Extra inputs"),
        (
            '{"name": "x", "height": 1, "width": 1, "calibration": {"temperature": 0}}',
            "temperature",
        ),
        ("\0\xff", "the file: Invalid JSON"),
    ],
)
def test_foreign_card_is_refused_in_one_sentence(bundle_dir, content, reason):
    (bundle_dir / "reader.json").write_text(content, encoding="latin-1")
    with pytest.raises(BundleError, match="is not a reader's card") as caught:
        read_bundle(bundle_dir)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("threads", "expected"), [(None, 3), (1, 1), (0, 0)])
def test_threads_come_from_the_card_or_the_caller(threads, expected):
    card = ReaderCard(name="tiny", height=HEIGHT, width=28, threads=3)
    session = open_session(Bundle(card, tiny_model(SEVEN)), threads)
    assert session.get_session_options().intra_op_num_threads == expected


@pytest.mark.parametrize("location", ["weights.bin", "{folder}/weights.bin"])
def test_weights_outside_of_the_checksum_are_not_read(tmp_path, monkeypatch, location):
    """A model in memory would else take them from files of the current folder."""
    monkeypatch.chdir(tmp_path)
    model = onnx.load_from_string(tiny_model())
    weights = max(model.graph.initializer, key=lambda found: len(found.raw_data))
    (tmp_path / "weights.bin").write_bytes(weights.raw_data)
    weights.data_location = onnx.TensorProto.EXTERNAL
    entry = weights.external_data.add()
    entry.key, entry.value = "location", location.format(folder=tmp_path)
    weights.ClearField("raw_data")
    card = ReaderCard(name="tiny", height=HEIGHT, width=28)
    with pytest.raises(BundleError, match=r"no ONNX model that can be loaded\.$"):
        open_session(Bundle(card, model.SerializeToString()))
