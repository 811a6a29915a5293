"""The whole corpus goes through `read_picture` in a process of its own; its memory is measured."""

import json
import subprocess
import sys

import pytest

from lpr_core.pictures.signatures import PICTURE_KINDS
from tests.kit.places import REPOSITORY_DIR

READ_ALL = """
import json, re, time
from pathlib import Path
from lpr_core.pictures.decoding import PictureError, read_picture
from tests.kit.bad_pictures import make_bad_pictures, make_hostile_pictures

def read(content):
    try:
        return list(read_picture(content).shape)
    except PictureError as error:
        return str(error)
    except BaseException as error:
        return [repr(error)]

def peak_megabytes():
    # For this program alone: ru_maxrss starts with the peak of whoever started it.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

started = time.process_time()
print(json.dumps({
    "bad": {name: read(content) for name, content in make_bad_pictures().items()},
    "hostile": {name: read(content) for name, content in make_hostile_pictures().items()},
    "megabytes": peak_megabytes(),
    "seconds": time.process_time() - started,
}))
"""


@pytest.fixture(scope="module")
def results() -> dict:
    process = subprocess.run(
        [sys.executable, "-c", READ_ALL],
        cwd=REPOSITORY_DIR,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    assert "Traceback" not in process.stderr
    return json.loads(process.stdout)


def test_every_bad_file_gets_one_sentence(results):
    assert len(results["bad"]) >= 60
    wrong = {
        name: answer
        for name, answer in results["bad"].items()
        if not isinstance(answer, str) or "\n" in answer or not answer.endswith(".")
    }
    assert wrong == {}


def test_hostile_files_that_hold_a_picture_are_read(results):
    assert results["hostile"] == {
        "jpeg_tag_bomb": [48, 96, 3],
        "png_tag_bomb": [48, 96, 3],
        "webp_tag_bomb": [48, 96, 3],
        "tiff_two_million_strips": [16, 16, 3],
        "tiff_endless_pages": [16, 16, 3],
    }


def test_memory_and_time_stay_small(results):
    assert results["megabytes"] < 1000
    assert results["seconds"] < 60


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_a_cut_picture_names_its_kind(results, kind):
    answers = {answer for name, answer in results["bad"].items() if name.startswith(f"cut_{kind}")}
    assert answers == {f"The {kind} picture is damaged or cut off."}


READ = "only JPEG, PNG, WebP, BMP and TIFF pictures are read."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("size_empty", "The file is empty."),
        ("size_25_megabytes", "The file is larger than 25 MB, the most that is read."),
        (
            "size_31_megapixels",
            "The PNG picture has 6200 x 5000 pixels; at most 30 megapixels are read.",
        ),
        ("size_7x90", "The JPEG picture has 7 x 90 pixels; each side needs at least 8."),
        (
            "bomb_webp",
            "The WebP picture has 16000 x 16000 pixels; at most 30 megapixels are read.",
        ),
        (
            "bomb_tiff",
            "The TIFF picture has 100000 x 100000 pixels; at most 30 megapixels are read.",
        ),
        ("bomb_jpeg_scans", "The JPEG picture has 310 scans; at most 100 are read."),
        ("text_html", f"This is an HTML page; {READ}"),
        ("text_xhtml", f"This is an HTML page; {READ}"),
        ("text_svg_entities", f"This is an SVG drawing; {READ}"),
        ("text_json", f"This is a JSON document; {READ}"),
        ("text_utf16", f"This is text; {READ}"),
        ("text_bm_word", f"This is text; {READ}"),
        ("other_gif", f"This is a GIF picture; {READ}"),
        ("other_heic", f"This is a HEIC picture; {READ}"),
        ("other_avif", f"This is an AVIF picture; {READ}"),
        ("other_ico", f"This is an icon; {READ}"),
        ("other_pdf_with_jpeg", f"This is a PDF document; {READ}"),
        ("other_zip_bomb", f"This is a ZIP archive; {READ}"),
        ("other_elf", f"This is a program; {READ}"),
        ("other_mp4", f"This is a video; {READ}"),
        ("other_cr2", f"This is a camera raw file; {READ}"),
        ("other_noise", f"This is a file of unknown kind; {READ}"),
        ("broken_jpeg_html", "The JPEG picture is damaged or cut off."),
    ],
)
def test_sentences(results, name, sentence):
    assert results["bad"][name] == sentence
