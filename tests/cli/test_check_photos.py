"""`lpr data check-photos` reads labels as training does and looks at every picture."""

import pytest
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app

HEADER = "image_path,split,class,x,y,width,height"


@pytest.fixture
def check(tmp_path):
    Image.new("RGB", (80, 60)).save(tmp_path / "a.png")
    Image.new("RGB", (80, 60)).save(tmp_path / "b.png")

    def call(*rows):
        path = tmp_path / "m.csv"
        path.write_text("\n".join([HEADER, *rows, ""]))
        result = CliRunner().invoke(app, ["data", "check-photos", str(path)])
        return result.exit_code, result.output.replace(str(path), "m.csv").splitlines()

    return call


def test_counts_of_good_photos(check):
    assert check("a.png,train,car,1,2,3,4", "a.png,train,,9,2,3,4", "b.png,,,,,,") == (
        0,
        [
            "m.csv: 2 photos, 1 with nothing in them.",
            "  split train: 1",
            "  split none: 1",
            "  class car: 1",
            "  class plate: 1",
        ],
    )


def test_pictures_that_are_damaged_or_miss_a_box(check, tmp_path):
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    code, lines = check("a.png,train,,80,2,3,4", "b.png,train,,1,2,3,4")
    assert code == 1
    assert lines[-2:] == [
        "a.png: a box (80, 2, 83, 6) lies outside the picture of 80 x 60 pixels.",
        "b.png: The PNG picture is damaged or cut off.",
    ]


def test_bad_rows_stop_the_check(check):
    code, lines = check("a.png,train,,1,2,x,4", "b.png,nowhere,,1,2,3,4")
    assert code == 2
    assert [line.strip().partition(":")[0] for line in lines[1:]] == ["line 2", "line 3"]
