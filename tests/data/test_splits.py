import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.data.samples import Sample, build_frame
from lpr_core.data.splits import Leak, check_leakage, name_groups, split_manifest
from lpr_core.plates.facts import PlateFacts

FRACTIONS = {"train": 0.6, "validation": 0.2, "test": 0.2}


def noise(seed: int) -> np.ndarray:
    """Soft noise, 24 x 96: no two seeds look alike."""
    picture = np.random.default_rng(seed).integers(0, 256, (24, 96, 3), np.uint8)
    return cv2.GaussianBlur(picture, (0, 0), 2)


@pytest.fixture
def folder(tmp_path):
    """Pictures 00.png to 59.png, all different."""
    for seed in range(60):
        Image.fromarray(noise(seed)).save(tmp_path / f"{seed:02d}.png")
    return tmp_path


@pytest.fixture
def frame(folder):
    """60 plates of two regions, 40 and 20."""
    return build_frame(
        Sample(folder / f"{i:02d}.png", f"TXT{i:04d}", "br" if i % 3 else "es") for i in range(60)
    )


def test_fractions_hold_within_each_region(frame):
    counts = pd.crosstab(split_manifest(frame, FRACTIONS, 0)["plate_region"], "x").to_dict()
    assert counts == {"x": {"br": 40, "es": 20}}
    table = split_manifest(frame, FRACTIONS, 0).groupby(["plate_region", "split"]).size()
    assert table.to_dict() == {
        ("br", "test"): 8,
        ("br", "train"): 24,
        ("br", "validation"): 8,
        ("es", "test"): 4,
        ("es", "train"): 12,
        ("es", "validation"): 4,
    }


def test_seeds(frame):
    before = frame.copy()
    first = split_manifest(frame, FRACTIONS, 0)
    pd.testing.assert_frame_equal(first, split_manifest(frame, FRACTIONS, 0))
    assert (first["split"] != split_manifest(frame, FRACTIONS, 1)["split"]).any()
    pd.testing.assert_frame_equal(frame, before)


def test_only_the_split_changes(frame):
    split = split_manifest(frame, FRACTIONS, 0)
    pd.testing.assert_frame_equal(split.drop(columns="split"), frame.drop(columns="split"))
    assert split["split"].dtype == frame["split"].dtype


def test_any_index_will_do(frame):
    shuffled = frame.set_index(pd.Index(["x"] * 30 + ["y"] * 30))
    expected = split_manifest(frame, FRACTIONS, 0)["split"]
    assert list(split_manifest(shuffled, FRACTIONS, 0)["split"]) == list(expected)


@pytest.mark.parametrize("seed", range(5))
def test_texts_copies_and_look_alikes_stay_together(frame, folder, seed):
    frame.loc[0:9, "plate_text"] = "SAME000"
    (folder / "20.png").write_bytes((folder / "21.png").read_bytes())
    Image.fromarray(noise(40)).save(folder / "41.png", compress_level=0)  # same look, other bytes
    Image.fromarray((noise(50) * 0.8).astype(np.uint8)).save(folder / "51.png")
    split = split_manifest(frame, {"train": 0.5, "validation": 0.5}, seed)
    sides = split["split"]
    assert sides[0:9].nunique() == 1
    assert sides[20] == sides[21]
    assert sides[40] == sides[41]
    assert sides[50] == sides[51]
    assert check_leakage(split) == ()


def test_links_chain(frame, folder):
    """0 and 1 share a text, 1 and 2 a file, 2 and 3 their looks: all four stay together."""
    frame.loc[1, "plate_text"] = frame.loc[0, "plate_text"]
    (folder / "02.png").write_bytes((folder / "01.png").read_bytes())
    Image.fromarray(noise(1)).save(folder / "03.png", compress_level=0)
    for seed in range(5):
        assert split_manifest(frame, FRACTIONS, seed)["split"].iloc[:4].nunique() == 1


@pytest.mark.parametrize(
    ("fractions", "message"),
    [
        ({}, r"must be above 0 and sum to 1. Received: \{\}"),
        ({"train": 0.5, "test": 0.4}, "must be above 0 and sum to 1"),
        ({"train": 1.2, "test": -0.2}, "must be above 0 and sum to 1"),
        ({"train": 1.0, "test": 0.0}, "must be above 0 and sum to 1"),
        ({"train": 0.5, "dev": 0.5}, "Splits are train, validation, test. Received: dev"),
    ],
)
def test_wrong_fractions(frame, fractions, message):
    with pytest.raises(ValueError, match=message):
        split_manifest(frame, fractions, 0)


def test_too_few_plates(frame):
    frame["plate_text"] = "SAME000"
    with pytest.raises(ValueError, match="1 independent plates left test, validation empty"):
        split_manifest(frame, FRACTIONS, 0)


def test_clean_frames_have_no_leaks(frame):
    assert check_leakage(frame) == ()
    assert check_leakage(split_manifest(frame, FRACTIONS, 0)) == ()
    assert check_leakage(frame.iloc[:0]) == ()


def test_each_kind_of_leak_is_reported(frame, folder):
    (folder / "03.png").write_bytes((folder / "02.png").read_bytes())
    Image.fromarray(noise(4)).save(folder / "05.png", compress_level=0)
    frame.loc[1, "plate_text"] = "TXT0000"
    frame.loc[6, "plate_text"] = "TXT0004"
    frame["split"] = ["train", "test", "train", "validation", "train", "test", "", *["train"] * 53]
    paths = [str(folder / f"{i:02d}.png") for i in range(6)]
    assert check_leakage(frame) == (
        Leak("text", ("test", "train"), ("TXT0000",), (paths[0], paths[1])),
        Leak("content", ("train", "validation"), ("TXT0002", "TXT0003"), (paths[2], paths[3])),
        Leak("near", ("test", "train"), ("TXT0004", "TXT0005"), (paths[4], paths[5])),
    )


def test_a_near_duplicate_of_copies_is_reported(frame, folder):
    """0 and 1 are one file, 2 looks like them: the copies leak by content, and 2 by its looks."""
    Image.fromarray(noise(0)).save(folder / "02.png", compress_level=0)
    (folder / "01.png").write_bytes((folder / "00.png").read_bytes())
    frame["split"] = ["train", "test", "test", *["train"] * 57]
    assert [leak.kind for leak in check_leakage(frame)] == ["content", "near"]


def test_a_track_on_two_sides_is_reported(frame, folder):
    frame["track"] = ["a", "a", "", "", "b", "b", *[""] * 54]
    frame["split"] = ["train", "test", "train", "test", "train", "train", *["test"] * 54]
    texts = ("TXT0000", "TXT0001")
    paths = (str(folder / "00.png"), str(folder / "01.png"))
    assert check_leakage(frame) == (Leak("track", ("test", "train"), texts, paths),)


def test_groups_are_named_by_their_first_text(frame):
    assert list(name_groups(frame)) == list(frame["plate_text"])
    frame["track"] = ["", "b", "b", "", "a", "a", *[""] * 54]
    frame.loc[3, "plate_text"] = "TXT0001"  # in the track of 2 by its text
    expected = ["TXT0000", "TXT0001", "TXT0001", "TXT0001", "TXT0004", "TXT0004", "TXT0006"]
    assert list(name_groups(frame)[:7]) == expected


@pytest.fixture(scope="module")
def alike_folder(tmp_path_factory):
    """Pictures L-C.png: equal L look alike, C levels brighter, so with pixels of their own."""
    folder = tmp_path_factory.mktemp("alike")
    for looks in range(12):
        for copy in range(3):
            picture = np.clip(noise(looks), 0, 250) + np.uint8(copy)
            Image.fromarray(picture).save(folder / f"{looks}-{copy}.png")
    return folder


PLATES = st.tuples(
    st.integers(0, 11),  # looks
    st.integers(0, 2),  # copy
    st.integers(0, 11),  # text
    st.sampled_from(["", "", "t1", "t2", "t3"]),
)


@settings(deadline=None, max_examples=60)
@given(plates=st.lists(PLATES, min_size=2, max_size=14), seed=st.integers(0, 9))
def test_nothing_that_belongs_together_is_on_two_sides(alike_folder, plates, seed):
    """Texts, tracks, files and looks, in any mixture; the oracle knows how pictures were made."""
    frame = build_frame(
        Sample(alike_folder / f"{looks}-{copy}.png", f"TXT{text}", facts=PlateFacts(track=track))
        for looks, copy, text, track in plates
    )
    try:
        split = split_manifest(frame, {"train": 0.5, "validation": 0.5}, seed)
    except ValueError as error:  # everything hangs together
        assert "1 independent plates" in str(error)  # noqa: PT017
        return
    assert check_leakage(split) == ()
    looks, _, texts, tracks = map(list, zip(*plates, strict=True))
    for keys in (looks, texts, [track or row for row, track in enumerate(tracks)]):
        assert split["split"].groupby(keys).nunique().max() == 1


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("text", "The plate"),
        ("content", "The same file"),
        ("track", "A track"),
        ("near", "Nearly the same picture"),
    ],
)
def test_leaks_speak(kind, beginning):
    leak = Leak(kind, ("test", "train"), ("AB1", "AB2"), ("/x/a.jpg", "/y/b.jpg"))
    assert str(leak) == f"{beginning} (AB1, AB2) is in test and train: a.jpg, b.jpg."
