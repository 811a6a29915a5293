import pandas as pd
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle


def test_evaluate_says_in_which_ways_plates_were_misread(tmp_path):
    write_tiny_bundle(tmp_path / "tiny")
    said = ["ABC1284", "ABC1234", "1234ABC", "XYZ9876"]
    names = [f"{index}.png" for index in range(len(said))]
    for name in names:
        Image.fromarray(draw_tiny_plate("ABC1234")).save(tmp_path / name)
    plates = pd.DataFrame({"image_path": names, "plate_text": said})
    plates.to_csv(tmp_path / "m.csv", index=False)
    arguments = ["--manifest", str(tmp_path / "m.csv"), "--model", str(tmp_path / "tiny")]
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    lines = result.stdout.splitlines()
    assert lines[lines.index("of the misread plates:") :] == [
        "of the misread plates:",
        "  one symbol: 1, 1 told surely, 0 held back (8 as 3 1)",
        "  parts in another order: 1, 1 told surely, 0 held back",
        "  several: 1, 1 told surely, 0 held back",
    ]
