"""Shipped sample plates, as both apps list them, and the address of the labelling app."""

import cv2
import pytest

from app.dashboard.shown.links import labeler_url
from lpr_core.data.shipped import ShippedPlate, list_samples
from tests.kit.tiny_reader import draw_tiny_plate


def test_samples_are_read_from_the_manifest(tmp_path):
    cv2.imwrite(str(tmp_path / "first.png"), draw_tiny_plate("ABC1234"))
    (tmp_path / "manifest.csv").write_text(
        "image_path,plate_text,plate_region\nfirst.png,ABC1234,br\n"
    )
    (sample,) = list_samples(tmp_path)
    assert sample == ShippedPlate(tmp_path / "first.png", "ABC1234", "br")
    assert sample.name == "first"


def test_a_folder_without_a_manifest_has_no_samples(tmp_path):
    assert list_samples(tmp_path) == []
    assert list_samples(tmp_path / "nowhere") == []


def test_shipped_samples_have_names_of_their_own():
    names = [sample.name for sample in list_samples()]
    assert names
    assert len(set(names)) == len(names)


class Visit:
    def __init__(self, url: str | None) -> None:
        self.url = url


@pytest.mark.parametrize(
    ("said", "visited", "expected"),
    [
        pytest.param(None, "http://127.0.0.1:8501/", None, id="nobody said"),
        pytest.param(
            "http://127.0.0.1:7860", "http://127.0.0.1:8501/", "http://127.0.0.1:7860", id="here"
        ),
        pytest.param(
            "http://127.0.0.1:7860", "http://192.0.2.7:8501/runs", "http://192.0.2.7:7860", id="net"
        ),
        pytest.param(
            "https://label.example",
            "https://board.example/",
            "https://label.example",
            id="platform",
        ),
        pytest.param("http://127.0.0.1:7860", None, "http://127.0.0.1:7860", id="no visitor"),
    ],
)
def test_labelling_app_is_found_on_the_host_that_the_visitor_came_by(
    monkeypatch, said, visited, expected
):
    monkeypatch.delenv("LPR_LABELER_URL", raising=False)
    if said:
        monkeypatch.setenv("LPR_LABELER_URL", said)
    monkeypatch.setattr("streamlit.context", Visit(visited))
    assert labeler_url() == expected
