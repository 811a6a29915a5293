import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.data.photos import read_photos
from lpr_core.pictures.decoding import read_picture
from lpr_core.serving.bundle import BundleError
from lpr_core.serving.finding.bundle import read_finder_card
from lpr_core.serving.finding.finder import Finder
from lpr_core.tasks.finding import TASK
from lpr_core.tasks.networks import load_network
from lpr_core.tasks.refining import RefiningConfig
from lpr_core.training.fit import train_run
from tests.kit.drawn_signs import CLASSES, NORTH, write_sign_photos
from tests.kit.finding_kit import COUNTS, make_finding_training, tiny_finding
from tests.kit.training_kit import make_training_config

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run that finds signs, its bundle with a refiner, and the photos' manifest."""
    folder = tmp_path_factory.mktemp("finder")
    with tiny_finding():
        config = make_finding_training(folder / "photos", epochs=1)
        run = train_run(config, folder / "run")
        refined = write_sign_photos(folder / "refined", NORTH, COUNTS, seed=1, size=64)
        # Limits are the plates here, and all other signs what is to be told apart.
        refined.write_text(refined.read_text().replace("limit", "plate"))
        refining = make_training_config(
            refined,
            RefiningConfig(height=16, width=32, dense_units=8),
            epochs=1,
            steps_per_epoch=1,
            batch_size=4,
        )
        refiner = train_run(refining, folder / "refiner")
        command = ["export", str(run.path), "--refiner", str(refiner.path), "--name", "signs"]
        answer = CliRunner().invoke(app, [*command, "--out", str(folder / "bundle")])
        assert answer.exit_code == 0, answer.stderr
        yield run, folder / "bundle", folder / "photos" / "manifest.csv"


def test_the_card_says_what_the_models_are(made):
    run, bundle_dir, _ = made
    card = read_finder_card(bundle_dir)
    assert (card.name, card.classes) == ("signs", CLASSES)
    assert card.threshold == run.read_metrics()["threshold"]
    assert card.provenance["parity"]["max_difference"] < 1e-3
    assert card.provenance["backend"] == "tensorflow"
    assert card.refiner.provenance["config"]["network"]["task"] == "refining"
    assert card.provenance["config"]["manifest"] == "photos/manifest.csv"


def test_a_finder_says_what_its_run_said(made):
    run, bundle_dir, manifest = made
    finder, photos = Finder.load(bundle_dir), read_photos(manifest)
    network = load_network(run.path)
    from lpr_core.tasks.saved import read_network_config

    config = read_network_config(run.path)
    rows = photos.head(3)
    pictures = TASK.read_pictures(rows, config).astype(np.float32)
    expected = TASK.decode(network.predict_on_batch(pictures), config)
    for path, wanted in zip(rows["image_path"], expected, strict=True):
        picture = read_picture(manifest.parent / path)
        found = finder.decode(finder.predict(picture), picture.shape[:2], 0.01)
        assert found.classes.tolist() == wanted.classes.tolist()
        np.testing.assert_allclose(found.edges / 64, wanted.edges, atol=1e-3)


def test_boxes_are_given_in_pixels_of_the_photo(made):
    _, bundle_dir, _ = made
    finder = Finder.load(bundle_dir)
    wide = np.random.default_rng(0).integers(0, 255, (50, 200, 3), np.uint8)
    found = finder.find(wide, threshold=0.0)
    boxes = np.array([one.box for one in found])
    assert boxes[:, [0, 2]].max() <= 200
    assert boxes[:, [1, 3]].max() <= 50
    assert boxes[:, [0, 2]].max() > 64  # not in pixels of the canvas
    assert {one.name for one in found} <= set(CLASSES)
    assert all(len(one.corners) == 4 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert finder.find(wide, threshold=1.0) == []


def test_the_score_is_the_product_of_both_chances(made):
    _, bundle_dir, _ = made
    finder, picture = Finder.load(bundle_dir), np.full((64, 64, 3), 90, np.uint8)
    found = finder.decode(finder.predict(picture), (64, 64), 0.0)
    count = len(finder.look(picture, 0.0))
    refined = finder.refine(picture, found)
    assert count == len(refined) <= 32
    assert (np.sort(refined.scores) < np.sort(found.scores)[-count:]).all()
    assert (np.diff(refined.scores) <= 0).all()


def test_what_is_found_beside_plates_is_mined(made, tmp_path):
    _, bundle_dir, manifest = made
    out = tmp_path / "mined.csv"
    manifest.write_text(manifest.read_text().replace("stop", "plate"))
    command = ["mine-false-boxes", "--manifest", str(manifest), "--model", str(bundle_dir)]
    answer = CliRunner().invoke(app, [*command, "--out", str(out)])
    assert answer.exit_code == 0, answer.stderr
    before, after = read_photos(manifest), read_photos(out)
    assert list(after["image_path"]) == list(before["image_path"])
    for known, mined in zip(before["classes"], after["classes"], strict=True):
        assert mined.count("plate") == known.count("plate")
        assert set(mined) <= {"plate", "no_plate"}
    names = [name for names in after["classes"] for name in names]
    assert f"{names.count('no_plate')} boxes" in answer.stdout


def test_without_a_refiner_boxes_stay(made, tmp_path):
    run, _, _ = made
    answer = CliRunner().invoke(app, ["export", str(run.path), "--out", str(tmp_path / "plain")])
    assert answer.exit_code == 0, answer.stderr
    finder = Finder.load(tmp_path / "plain")
    assert finder.card.refiner is None
    picture = np.zeros((64, 64, 3), np.uint8)
    said = finder.decode(finder.predict(picture), (64, 64), 0.0)
    np.testing.assert_array_equal(finder.look(picture, 0.0).edges, said.edges)


def test_a_changed_file_is_refused(made, tmp_path):
    _, bundle_dir, _ = made
    for name in ("model.onnx", "refiner.onnx"):
        copy = tmp_path / name
        copy.mkdir()
        for path in bundle_dir.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        (copy / name).write_bytes((copy / name).read_bytes() + b"x")
        with pytest.raises(BundleError, match=r"must have the checksum that finder\.json states"):
            Finder.load(copy)
        (copy / name).unlink()
        with pytest.raises(FileNotFoundError, match="is missing"):
            Finder.load(copy)
    (copy / "finder.json").write_text("{}")
    with pytest.raises(BundleError, match="is not a finder's card: name"):
        Finder.load(copy)


def test_a_finder_is_measured_and_remembers(made):
    _, bundle_dir, manifest = made
    command = ["evaluate-finder", "--manifest", str(manifest), "--split", "validation"]
    command += ["--model", str(bundle_dir), "--set-threshold", "--record"]
    answer = CliRunner().invoke(app, [*command, "--json"])
    assert answer.exit_code == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert report["count"] == COUNTS["validation"]
    card = read_finder_card(bundle_dir)
    assert card.threshold == report["threshold"]
    assert card.accuracy["photos/validation"]["ap_50"] == report["ap_50"]
    assert card.provenance["threshold_chosen_on"] == "photos/validation"
    assert card.version.startswith("signs-")
    assert "AP at 0.7" in CliRunner().invoke(app, command).stdout


def test_a_photo_of_any_shape_is_taken(made, tmp_path):
    _, bundle_dir, _ = made
    path = tmp_path / "tall.png"
    cv2.imwrite(str(path), np.full((300, 20, 3), 90, np.uint8))
    assert isinstance(Finder.load(bundle_dir).find(read_picture(path)), list)
