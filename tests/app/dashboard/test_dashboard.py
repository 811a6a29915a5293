"""The dashboard's pages without a browser: what they show, and what they say when empty."""

import re

import cv2
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from lpr_core.plates.readable import NOT_READ
from lpr_core.serving import Floor
from lpr_core.training.runs import RunFolder
from tests.kit.dashboard_kit import html_of, open_page, said, sit_at_the_machine
from tests.kit.histories import HISTORY_COLUMNS
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

NO_FLOOR = Floor(readable_from=0.0)
"""Shows every text, so that noise has something to break."""


@pytest.fixture(autouse=True)
def home_dir(tmp_path, monkeypatch):
    """A machine with a tiny reader, without samples, studies, labels and runs."""
    accuracy = {"drawn/test": {"count": 200, "plate_accuracy": 0.905}}
    bundle = write_tiny_bundle(tmp_path / "reader", accuracy=accuracy, floor=NO_FLOOR)
    monkeypatch.setenv("LPR_READER", str(bundle))
    monkeypatch.setenv("LPR_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    monkeypatch.setattr("lpr_core.data.shipped.SHIPPED_DIR", tmp_path)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", tmp_path)
    monkeypatch.delenv("LPR_LABELER_URL", raising=False)
    sit_at_the_machine(monkeypatch)
    streamlit.cache_data.clear()
    streamlit.cache_resource.clear()
    return tmp_path


@pytest.fixture
def samples(home_dir):
    folder = home_dir / "samples"
    folder.mkdir()
    for text in ("ABC1234", "7XKZ902"):
        cv2.imwrite(str(folder / f"{text.lower()}.png"), draw_tiny_plate(text))
    (folder / "manifest.csv").write_text(
        "image_path,plate_text,plate_region\nabc1234.png,ABC1234,br\n7xkz902.png,7XKZ902,es\n"
    )


def write_run(folder, state: str = "finished", reason: str = "", epochs: int = 3, **config) -> None:
    run = RunFolder(folder)
    network = {"backbone": "compact", "head": "attention", "weights": "none"}
    run.write_config(
        {
            "created": f"2026-01-0{len(list(folder.parent.iterdir()))}T10:00:00+00:00",
            "config": {"seed": 0, "network": network, **config},
        }
    )
    values = {name: 0.5 for name in HISTORY_COLUMNS}
    run.write_history([values | {"epoch": epoch} for epoch in range(1, epochs + 1)])
    run.write_state(state, reason)


@pytest.fixture
def runs(home_dir):
    folder = home_dir / "runs"
    folder.mkdir()
    write_run(folder / "clean", noise_strength=0.0)
    write_run(folder / "noisy", noise_strength=0.1, learning_rate=0.0003)
    write_run(folder / "broke", "failed", "The loss was NaN in epoch 2.", epochs=1)
    return folder


def cards(page: AppTest) -> list[tuple[str, str]]:
    """Title and reading of each card."""
    return re.findall(r'alt="([^"]*): plate read as ([^"]*)"', html_of(page))


def test_overview_counts_what_is_there(samples, runs, monkeypatch):
    monkeypatch.setenv("LPR_LABELER_URL", "http://127.0.0.1:7860")
    page = open_page("home")
    text = said(page)
    assert re.search(
        r"^Reads with tiny-\w{8}, 90 % of 200 plates whole \(drawn/test\)\.$", text, re.M
    )
    assert "Sample plates: 2; yours can be dropped in." in text
    assert "Finished runs: 2 of 3." in text
    assert "Finished studies: 0 of 0." in text
    assert ':7860">Open the labelling app</a>' in html_of(page)


def test_overview_of_an_empty_machine(home_dir, monkeypatch):
    monkeypatch.setenv("LPR_READER", str(home_dir / "nowhere"))
    page = open_page("home")
    text = said(page)
    assert "There is no reader yet." in text
    assert "Sample plates: 0;" in text
    assert "Finished runs: 0 of 0." in text
    assert "Open the labelling app" not in html_of(page)


def test_noise_shows_the_clean_plate_the_chosen_strength_and_the_ladder(samples):
    page = open_page("noise")
    shown = cards(page)
    assert [title for title, _ in shown] == [
        "Clean",
        *(f"Strength {strength}" for strength in ("0.10", "0.02", "0.05", "0.10", "0.15")),
        *(f"Strength {strength}" for strength in ("0.20", "0.30", "0.40", "0.50")),
    ]
    assert shown[0] == ("Clean", "ABC1234")
    assert shown[1][1] == shown[4][1]
    assert "sigma 25.5" in html_of(page)
    assert re.search(r"PSNR \d+\.\d dB", html_of(page))
    assert "compared with the known text ABC1234" in said(page)


def test_below_the_floor_the_noise_page_shows_no_text(samples, tmp_path):
    write_tiny_bundle(tmp_path / "reader")
    page = open_page("noise", strength="0.5")
    left = cards(page)
    assert left[0] == ("Clean", "ABC1234")
    sentences = html_of(page).count(f'<div class="lpr-unread">{NOT_READ}</div>')
    assert sentences == 10 - len(left) > 0
    assert "Too unsure to show a text" in html_of(page)


def test_moving_the_slider_changes_what_is_read(samples):
    page = open_page("noise")
    before = cards(page)
    page.slider(key="strength").set_value(0.5).run()
    after = cards(page)
    assert after[1][0] == "Strength 0.50"
    assert after[1][1] != before[1][1]
    assert after[2:] == before[2:]
    assert "lpr-wrong" in html_of(page)


def test_noise_page_opens_as_its_address_says(samples):
    page = open_page("noise", sample="7XKZ902 es", strength="0.25", per_channel="false")
    assert page.slider(key="strength").value == 0.25
    assert page.toggle(key="per_channel").value is False
    assert cards(page)[0] == ("Clean", "7XKZ902")
    assert cards(page)[1][0] == "Strength 0.25"


def test_noise_page_without_samples_says_what_to_do():
    page = open_page("noise")
    assert "No sample plates are here yet" in said(page)
    assert cards(page) == []
    assert "LPR workbench, the dashboard." in html_of(page)  # the foot is there all the same


def test_noise_page_without_a_reader_says_why(home_dir, monkeypatch):
    monkeypatch.setenv("LPR_READER", str(home_dir / "nowhere"))
    page = open_page("noise")
    assert "There is no reader to read with." in said(page)
    assert cards(page) == []


def upload(page: AppTest, content: bytes) -> AppTest:
    page.file_uploader(key="picture").set_value(("plate.png", content, "image/png"))
    return page.run()


def test_own_picture_is_compared_with_the_clean_reading_until_its_text_is_known():
    page = open_page("noise", source="Own picture")
    assert "Drop a picture above." in said(page)
    png = cv2.imencode(".png", draw_tiny_plate("ABC1234"))[1].tobytes()
    upload(page, png)
    assert cards(page)[0] == ("Clean", "ABC1234")
    assert "compared with what is read without noise" in said(page)
    page.text_input(key="text").set_value("ABC1299").run()
    assert "compared with the known text ABC1299" in said(page)
    assert 'title="read 3, should be 9"' in html_of(page)
    page.text_input(key="text").set_value("too long a text").run()
    assert "The clean reading is taken instead." in said(page)
    assert cards(page)[0] == ("Clean", "ABC1234")


def test_own_file_that_is_no_picture_gets_one_sentence():
    page = upload(open_page("noise", source="Own picture"), b"<svg xmlns='http://www.w3.org/'/>")
    assert [warning.value for warning in page.warning] == [
        "This is an SVG drawing; only JPEG, PNG, WebP, BMP and TIFF pictures are read."
    ]
    assert cards(page) == []


def test_runs_are_listed_with_what_differs_between_them(runs):
    page = open_page("trainings")
    table, differences = (element.value for element in page.dataframe)
    assert list(table["name"]) == ["broke", "noisy", "clean"]
    assert list(table["state"]) == ["✗ failed", "✓ finished", "✓ finished"]
    assert page.multiselect(key="run").value == ["broke", "noisy", "clean"]
    assert list(differences.index) == ["learning_rate", "noise_strength"]
    assert list(differences.loc["noise_strength"]) == ["", "0.1", "0"]
    assert "**broke** (failed): The loss was NaN in epoch 2." in said(page)


def test_runs_can_be_filtered(runs):
    page = open_page("trainings")
    page.text_input(key="words").set_value("COMPACT nois").run()
    assert list(page.dataframe[0].value["name"]) == ["noisy"]
    assert page.multiselect(key="run").value == ["noisy"]


def test_runs_page_opens_as_its_address_says(runs):
    page = open_page("trainings", run="clean", measure="Loss")
    assert page.multiselect(key="run").value == ["clean"]
    assert page.button_group(key="measure").value == "loss"


def test_no_runs_yet_says_how_one_is_made(home_dir):
    page = open_page("trainings")
    assert f"No runs yet in `{home_dir / 'runs'}`." in said(page)


def test_damaged_run_folders_do_not_hide_the_others(runs):
    (runs / "clean" / "config.json").write_text("{")
    (runs / "noisy" / "history.csv").write_bytes(b"\xff\xfe\x00")
    (runs / "cut").mkdir()
    (runs / "cut" / "state.json").write_text('["not", "an object"]')
    (runs / "stray").mkdir()
    page = open_page("trainings")
    states = page.dataframe[0].value.set_index("name")["state"].to_dict()
    assert states == {
        "broke": "✗ failed",
        "clean": "? damaged",
        "noisy": "? damaged",
        "cut": "? damaged",
    }
    assert page.multiselect(key="run").options == ["broke"]
    assert "**cut** (damaged): A file of the run cannot be read:" in said(page)
