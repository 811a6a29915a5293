from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from lpr_core.data import crops as crops_module
from lpr_core.data.batches import BatchOptions, MixedBatches, PictureBatches
from lpr_core.data.crops import CropSource
from lpr_core.data.manifest import read_manifest
from lpr_core.pictures.decoding import PictureError, fit_picture, read_picture
from lpr_core.plates.format import encode_plates, one_hot
from tests.kit.training_kit import PLATE_FORMAT, write_plates


@pytest.fixture(scope="module")
def frame(tmp_path_factory) -> pd.DataFrame:
    return read_manifest(write_plates(tmp_path_factory.mktemp("plates"), 10, 0), PLATE_FORMAT)


def make_batches(frame, size=(20, 40), **settings) -> PictureBatches:
    truth = encode_plates(list(frame["plate_text"]), PLATE_FORMAT)
    options = BatchOptions(**{"batch_size": 4, "seed": 5, "shuffle": True, **settings})
    source = CropSource(frame, one_hot(truth, PLATE_FORMAT), size, options)
    return PictureBatches(source, len(frame), truth, options)


def collect(batches: PictureBatches, epoch: int) -> list[np.ndarray]:
    batches.epoch = epoch
    return [images for images, _ in batches]


def test_a_batch_holds_fitted_pictures_and_one_hot_targets(frame):
    images, targets = make_batches(frame, shuffle=False)[1]
    expected = [fit_picture(read_picture(Path(path)), 20, 40) for path in frame["image_path"][4:8]]
    np.testing.assert_array_equal(images, np.stack(expected).astype(np.float32))
    assert images.dtype == targets.dtype == np.float32
    truth = encode_plates(list(frame["plate_text"][4:8]), PLATE_FORMAT)
    np.testing.assert_array_equal(targets.argmax(axis=2), truth)
    np.testing.assert_array_equal(targets.sum(axis=2), np.ones((4, 3)))


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ({"shuffle": True}, [4, 4]),  # the rest of two plates is left out
        ({"shuffle": False}, [4, 4, 2]),
        ({"shuffle": True, "num_steps": 5}, [4] * 5),
        ({"shuffle": False, "batch_size": 99}, [10]),
    ],
)
def test_sizes(frame, settings, sizes):
    batches = make_batches(frame, **settings)
    assert len(batches) == len(sizes)
    assert [len(images) for images, _ in batches] == sizes


def test_too_few_plates_for_a_shuffled_batch(frame):
    with pytest.raises(ValueError, match=r"must fill a batch of 11\. Received: 10 rows"):
        make_batches(frame, batch_size=11)


def test_each_pass_takes_each_plate_once_in_a_new_order(frame):
    batches = make_batches(frame, batch_size=5)
    passes = [
        np.concatenate([batches.rows_of(epoch, index) for index in range(len(batches))])
        for epoch in range(3)
    ]
    assert [sorted(rows) for rows in passes] == [list(range(10))] * 3
    assert len({tuple(rows) for rows in passes}) == 3


def test_short_epochs_follow_each_other_through_the_passes(frame):
    whole = make_batches(frame)  # two batches in a pass
    short = make_batches(frame, num_steps=3)
    expected = [list(whole.rows_of(epoch, index)) for epoch in range(3) for index in range(2)]
    received = [list(short.rows_of(epoch, index)) for epoch in range(2) for index in range(3)]
    assert received == expected


@pytest.mark.parametrize("augmentation", [{}, {"noise_strength": 0.2}, {"camera_severity": 0.7}])
def test_a_batch_depends_on_seed_epoch_and_index_alone(frame, augmentation):
    in_order = collect(make_batches(frame, **augmentation), epoch=3)
    again = make_batches(frame, **augmentation)
    collect(again, epoch=0)
    again.epoch = 3
    np.testing.assert_array_equal(again[1][0], in_order[1])
    np.testing.assert_array_equal(again[0][0], in_order[0])
    other_seed = collect(make_batches(frame, seed=6, **augmentation), epoch=3)
    assert not np.array_equal(other_seed[0], in_order[0])


def test_noise_is_of_the_strength_asked_for(frame):
    clean = make_batches(frame, shuffle=False, size=(64, 64))[0][0]
    noisy = make_batches(frame, shuffle=False, size=(64, 64), noise_strength=0.05)[0][0]
    middle = (clean > 80) & (clean < 180)  # nothing is cut off there
    assert (noisy - clean)[middle].std() == pytest.approx(0.05 * 255, rel=0.1)
    assert noisy.min() >= 0
    assert noisy.max() <= 255


def test_noise_differs_from_epoch_to_epoch(frame):
    batches = make_batches(frame, shuffle=False, noise_strength=0.1)
    assert not np.array_equal(collect(batches, 0)[0], collect(batches, 1)[0])


@pytest.mark.parametrize(
    ("severity", "ramp_epochs", "expected"),
    [
        (None, 1, [None, None, None]),
        (0.4, 1, [0.4, 0.4, 0.4]),
        ((0.2, 0.6), 2, [0.2, 0.4, 0.6]),
        ((0.0, 1.0), 1, [0.0, 1.0, 1.0]),
    ],
)
def test_severity_by_epoch(frame, severity, ramp_epochs, expected):
    batches = make_batches(frame, camera_severity=severity, ramp_epochs=ramp_epochs)
    assert [batches.options.worst_severity(epoch) for epoch in range(3)] == expected


def test_the_box_is_cut_out(frame):
    boxed = frame.assign(x=3, y=2, width=20, height=10)
    images, _ = make_batches(boxed, shuffle=False)[0]
    cut = read_picture(Path(frame["image_path"][0]))[2:12, 3:23]
    np.testing.assert_array_equal(images[0], fit_picture(cut, 20, 40).astype(np.float32))


@pytest.mark.parametrize(
    ("cache_bytes", "reads"),
    [(0, 20), (10**6, 10), (3 * 16 * 48 * 3, 17)],  # nothing, everything, three pictures
)
def test_cached_pictures_are_read_once(frame, monkeypatch, cache_bytes, reads):
    paths = []

    def read_and_count(path):
        paths.append(path)
        return read_picture(path)

    monkeypatch.setattr(crops_module, "read_picture", read_and_count)
    batches = make_batches(frame, shuffle=False, cache_bytes=cache_bytes)
    first, second = collect(batches, 0), collect(batches, 1)
    assert len(paths) == reads
    np.testing.assert_array_equal(first[0], second[0])


def test_a_damaged_picture_is_named(frame, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"")
    damaged = frame.assign(image_path=str(tmp_path / "bad.png"))
    with pytest.raises(PictureError, match=r"bad\.png: The file is empty\."):
        make_batches(damaged)[0]


def test_workers_change_nothing(frame):
    augmentation = {"noise_strength": 0.1, "camera_severity": 0.5, "batch_size": 2}
    alone = make_batches(frame, **augmentation)
    together = make_batches(frame, **augmentation, workers=3)
    for epoch in (0, 1, 0):
        for images, expected in zip(collect(together, epoch), collect(alone, epoch), strict=True):
            np.testing.assert_array_equal(images, expected)
    np.testing.assert_array_equal(together[3][0], alone[3][0])  # out of order


@pytest.mark.parametrize("workers", [1, 2])
def test_training_sees_each_batch_of_its_epoch_once(frame, workers):
    batches = make_batches(frame, batch_size=2, workers=workers)
    seen = []

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            batches.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["mean"])

    class MeanOfPictures(keras.Model):
        """Tells each batch's mean brightness."""

        def train_step(self, data):
            return {"mean": keras.ops.mean(data[0])}

    model = MeanOfPictures()
    if keras.config.backend() != "tensorflow":
        pytest.skip("a train step of one's own is written anew for each backend")
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(batches, epochs=3, initial_epoch=1, shuffle=False, verbose=0, callbacks=[Watcher()])
    expected = [images.mean() for epoch in (1, 2) for images in collect(batches, epoch)]
    np.testing.assert_allclose(seen, expected, rtol=1e-5)


def test_mixed_batches_have_both_kinds_in_each(frame):
    main = make_batches(frame, batch_size=3, num_steps=4)
    extra = make_batches(frame, batch_size=2, num_steps=4, seed=9)
    mixed = MixedBatches(main, extra)
    mixed.epoch = 2
    assert (len(mixed), mixed.epoch, main.epoch, extra.epoch) == (4, 2, 2, 2)
    images, targets = mixed[1]
    np.testing.assert_array_equal(images[:3], main[1][0])
    np.testing.assert_array_equal(images[3:], extra[1][0])
    np.testing.assert_array_equal(targets, np.concatenate([main[1][1], extra[1][1]]))


def test_mixed_batches_are_equally_many(frame):
    with pytest.raises(ValueError, match=r"`extra` must have 4 batches an epoch\. Received: 5"):
        MixedBatches(make_batches(frame, num_steps=4), make_batches(frame, num_steps=5))


def test_photos_are_photographed_anew_and_plates_for_the_first_time(frame, monkeypatch):
    seen = []
    for name in ("photograph", "rephotograph"):
        monkeypatch.setattr(
            crops_module,
            name,
            lambda picture, *_, name=name, size: (
                seen.append(name) or np.zeros((*size, 3), np.uint8)
            ),
        )
    for are_photos in (False, True):
        make_batches(frame, batch_size=2, camera_severity=0.5, are_photos=are_photos)[0]
    assert seen == ["photograph"] * 2 + ["rephotograph"] * 2
