import json
import sys
from types import ModuleType, SimpleNamespace

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from tests.benchmarks import __main__ as everything
from tests.benchmarks import accuracy, latency, synthesis_speed
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

# What is shown, what the manifest says, what RapidOCR says.
PLATES = [
    ("ABC1234", "ABC1234", "abc-1234"),  # both right
    ("1111111", "XYZ9876", "BR XYZ 9876"),  # only RapidOCR, and only when forgiven the country
    ("QP01234", "QPO1234", "OP01234"),  # only the reader
    ("2222222", "ZZZ1234", None),  # neither; RapidOCR found nothing
]


@pytest.fixture
def manifest(tmp_path):
    lines = ["image_path,plate_text,split"]
    for index, (shown, said, _) in enumerate(PLATES):
        Image.fromarray(draw_tiny_plate(shown)).save(tmp_path / f"{index}.png")
        lines.append(f"{index}.png,{said},validation")
    (tmp_path / "manifest.csv").write_text("\n".join(lines) + "\n")
    return tmp_path / "manifest.csv"


@pytest.fixture
def rapidocr(monkeypatch):
    """A package that answers what `PLATES` says, and notes how it was asked."""
    calls = []
    answers = iter([answer for _, _, answer in PLATES])

    def recognise(picture, **options):
        calls.append((picture.shape[2], options))
        answer = next(answers)
        return SimpleNamespace(txts=None if answer is None else (answer,))

    module = ModuleType("rapidocr")
    module.RapidOCR = lambda params: recognise
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    monkeypatch.setattr(accuracy, "version", lambda _: "0.0")
    monkeypatch.setattr(everything, "find_spec", lambda _: module)
    return calls


def test_accuracy_counts_exact_and_contained(manifest, rapidocr, tmp_path):
    bundle_dir = write_tiny_bundle(tmp_path / "tiny")
    result = accuracy.compare_accuracy(manifest, "validation", bundle_dir)
    shares = {name: score["share"] for name, score in result["plate_accuracy"].items()}
    assert shares == {"reader": 0.5, "rapidocr_exact": 0.25, "rapidocr_contained": 0.5}
    assert result["reader_against_rapidocr_exact"] == {
        "only_reader": 1,
        "only_rapidocr": 0,
        "p_value": 1.0,
    }
    assert rapidocr == [(3, {"use_det": False, "use_cls": False, "use_rec": True})] * 4
    text = accuracy.describe_accuracy(result)
    assert text.startswith(f"Plates read whole, 4 crops of {tmp_path.name}/validation:\n  tiny-")
    assert "RapidOCR 0.0                            0.250 [" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc-12 34", "ABC1234"), ("ÄO·0", "00"), ("\uff21\uff22", "AB"), ("京A", "A"), ("", "")],
)
def test_texts_are_folded_leniently(text, expected):
    assert accuracy.fold_leniently(text) == expected


@pytest.mark.parametrize(
    ("num_ours", "num_theirs", "p_value"), [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 2**10)]
)
def test_pairs_are_tested_exactly(num_ours, num_theirs, p_value):
    ours = [True] * num_ours + [False] * num_theirs + [True]
    theirs = [False] * num_ours + [True] * num_theirs + [True]
    assert accuracy.compare_pairs(ours, theirs) == {
        "only_reader": num_ours,
        "only_rapidocr": num_theirs,
        "p_value": pytest.approx(p_value),
    }


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """Few reads, few plates, and another tiny reader in the place of EfficientNetB0."""
    bundle_dir = write_tiny_bundle(tmp_path / "tiny")
    monkeypatch.setattr(latency, "NUM_ROUNDS", 2)
    monkeypatch.setattr(latency, "READS_PER_ROUND", 3)
    monkeypatch.setattr(latency, "_efficientnet_dir", lambda _: bundle_dir)
    return bundle_dir


def test_latency_compares_medians(quick):
    result = latency.measure_latency(quick)
    ours, theirs = result["milliseconds"]["reader"], result["milliseconds"]["efficientnet_b0"]
    assert result["times_faster"] == theirs / ours > 0
    assert result["reads_each"] == 6
    assert f"EfficientNetB0 at 224x224 {theirs:.1f} ms" in latency.describe_latency(result)


def test_synthesis_is_counted():
    result = synthesis_speed.measure_synthesis(count=2)
    assert result["count"] == 2
    assert result["plates_per_second"] > 0
    assert "(2 plates, start-up included)" in synthesis_speed.describe_synthesis(result)


class TestAll:
    @pytest.fixture
    def call(self, quick, monkeypatch):
        result = {"count": 1, "processors": 2, "plates_per_second": 150.0}
        monkeypatch.setattr(everything, "measure_synthesis", lambda: result)
        app = typer.Typer()
        app.command()(everything.main)
        return lambda *arguments: CliRunner().invoke(
            app, ["--model", str(quick), *map(str, arguments)]
        )

    def test_results_are_printed_and_kept(self, call, manifest, rapidocr, tmp_path):
        json_path = tmp_path / "results.json"
        result = call("--manifest", manifest, "--json", json_path)
        assert result.exit_code == 0
        assert [line.split()[0] for line in result.stdout.splitlines()[:3]] == [
            "Latency",
            "Synthesis:",
            "Plates",
        ]
        assert set(json.loads(json_path.read_text())) == {"latency", "synthesis", "accuracy"}

    def test_missing_data_is_a_sentence(self, call, tmp_path):
        result = call("--manifest", tmp_path / "none.csv")
        assert "Accuracy: not measured; there is no" in result.stdout

    def test_missing_rapidocr_is_a_sentence(self, call, manifest, monkeypatch):
        monkeypatch.setattr(everything, "find_spec", lambda _: None)
        result = call("--manifest", manifest)
        assert "Accuracy: not measured; RapidOCR is not installed" in result.stdout
