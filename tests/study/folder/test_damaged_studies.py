"""A damaged study is a row with its reason in the list, and nowhere else.

Every file of a planted study is damaged in every way that files are, and by changes that a
generator with a fixed seed draws; the studies beside it must not notice.
"""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit

from lpr_core.saved import DamagedFileError
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder, StudySummary, list_studies, summarize_study
from lpr_core.study.folder.tables import RUN_FILES, STUDY_FILES
from tests.kit.dashboard_kit import open_page, said
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant
from tests.kit.tiny_reader import write_tiny_bundle

VARIANTS = [
    Variant("none", {"transfer": "none", "noise": 0.0}, 0.9, label="From scratch"),
    Variant("frozen", {"transfer": "frozen", "noise": 0.0}, 0.5, label="Frozen"),
]
FILES = (*STUDY_FILES, *(f"runs/none/seed-0/{name}" for name in RUN_FILES))
PAGES = ("home", "verdicts", "runs", "noise", "why", "mistakes", "more", "trainings")
KINDS: dict[str, Callable[[bytes], bytes | None]] = {
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "blank": lambda _: b" \n",
    "null": lambda _: b"null",
    "list": lambda _: b"[1, 2]",
    "number": lambda _: b"17",
    "text": lambda _: b'"a text"',
    "nested": lambda _: 20_000 * b"[" + 20_000 * b"]",
    "truncated": lambda content: content[: len(content) // 2],
    "utf-16": lambda content: content.decode("latin-1").encode("utf-16"),
    "latin-1": lambda content: b"\xe4\xf6\xfc" + content,
    "binary": lambda _: np.random.default_rng(0).bytes(500),
    "other table": lambda _: b"a,b\n1,2\n",
}
# Without them a study is as it was before somebody asked for them.
MAY_MISS = ("answers.json", "diagnosis.json")
NUM_DRAWN = 80


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound") / "hurt"
    plant_study(folder, variants=VARIANTS, seeds=range(2), num_plates=6, epochs=2)
    (folder / "answers.json").write_text("{}")
    return folder


@pytest.fixture
def study(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "studies" / "hurt")


def damage(path: Path, kind: str) -> None:
    content = KINDS[kind](path.read_bytes())
    path.unlink()
    if content is not None:
        path.write_bytes(content)


def assert_told(study: Path, *, is_told: bool = True) -> StudySummary:
    """The list has a row for the study, with one line of reason; reading it raises one error."""
    summary = summarize_study(study)
    assert bool(summary.reason) == is_told
    assert "\n" not in summary.reason
    assert str(study) not in summary.reason
    folder = StudyFolder(study)
    try:
        read_inputs(folder)
        folder.histories()
        folder.runs(thorough=True)
    except (DamagedFileError, FileNotFoundError):
        assert summary.state == "damaged"
    return summary


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
def test_every_damage_to_every_file_is_a_row_with_its_reason(study, name, kind):
    damage(study / name, kind)
    if name == "study.json" and kind == "missing":
        assert list_studies(study.parent) == []
        return
    is_told = not (kind == "missing" and name in MAY_MISS)
    summary = assert_told(study, is_told=is_told)
    assert [row.name for row in list_studies(study.parent)] == ["hurt"]
    if is_told and name != "answers.json":
        assert Path(name).name in summary.reason or summary.state == "partial"


def draw_change(study: Path, rng: np.random.Generator) -> str:
    """Change one value, key, column or row of one file; return what was done."""
    name = str(rng.choice(FILES))
    path = study / name
    if path.suffix == ".json":
        value = json.loads(path.read_text())
        told = change_value(value, rng)
        path.write_text(json.dumps(value))
        return f"{name}: {told}"
    content = path.read_bytes()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    told, table = change_table(table, rng)
    text = table.to_csv(index=False).encode()
    path.write_bytes(gzip.compress(text) if content[:2] == b"\x1f\x8b" else text)
    return f"{name}: {told}"


def change_value(value: Any, rng: np.random.Generator) -> str:
    """Replace, or take away, one value somewhere in a JSON object."""
    places = list(list_places(value))
    if not places:
        return "nothing"
    parent, key = places[rng.integers(len(places))]
    new = [None, "x", -1, 1e308, [], {}, True][rng.integers(7)]
    if isinstance(parent, dict) and rng.random() < 0.3:
        del parent[key]
        return f"{key} taken away"
    parent[key] = new
    return f"{key} = {new!r}"


def list_places(value: Any):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from list_places(item)


def change_table(table: pd.DataFrame, rng: np.random.Generator) -> tuple[str, pd.DataFrame]:
    column = str(rng.choice(table.columns))
    row = int(rng.integers(len(table)))
    kind = rng.choice(["column", "cell", "number", "short", "twice", "rows"])
    if kind == "column":
        return f"no {column}", table.drop(columns=column)
    if kind in ("cell", "number"):
        table.loc[row, column] = "abc" if kind == "cell" else "-7"
        return f"{column} {row} {kind}", table
    if kind == "short":
        return f"{row} rows", table.head(row)
    if kind == "rows":
        return "no rows", table.head(0)
    return f"row {row} twice", pd.concat([table, table.iloc[[row]]])


@pytest.mark.parametrize("seed", range(NUM_DRAWN))
def test_drawn_changes_raise_nothing_else(study, seed):
    told = draw_change(study, np.random.default_rng(seed))
    summary = summarize_study(study)
    folder = StudyFolder(study)
    found = ""
    try:
        read_inputs(folder)
        folder.runs(thorough=True)
        folder.histories()
    except DamagedFileError as error:
        found = str(error)
    assert not found or summary.state == "damaged", (told, found)


DAMAGES = (
    ("study.json", "null"),
    ("plates.csv", "truncated"),
    ("diagnosis.json", "list"),
    ("answers.json", "null"),
    ("runs/none/seed-0/metrics.json", "null"),
    ("runs/none/seed-0/config.json", "text"),
    ("runs/none/seed-0/state.json", "null"),
    ("runs/none/seed-0/history.csv", "binary"),
    ("runs/none/seed-0/predictions.csv.gz", "truncated"),
    ("runs/none/seed-0/noisy_predictions.csv.gz", "utf-16"),
)


def name_hurt(damaged: tuple[str, str]) -> str:
    return f"hurt-{DAMAGES.index(damaged)}"


@pytest.fixture(scope="module")
def home(sound, tmp_path_factory):
    """A folder of a sound study and of one for each damage; their first runs are trainings too."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(sound, home / "studies" / "sound")
    for damaged in DAMAGES:
        hurt = shutil.copytree(sound, home / "studies" / name_hurt(damaged))
        damage(hurt / damaged[0], damaged[1])
        shutil.copytree(hurt / "runs" / "none" / "seed-0", home / "runs" / hurt.name)
    write_tiny_bundle(home / "reader")
    streamlit.cache_data.clear()
    return home


@pytest.fixture
def at_home(home, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(home))
    monkeypatch.setenv("LPR_RUNS_DIR", str(home / "runs"))
    monkeypatch.setenv("LPR_READER", str(home / "reader"))
    monkeypatch.setattr("lpr_core.data.shipped.SHIPPED_DIR", home)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", home)


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_sound_study_open_beside_damaged_ones(page):
    assert "cannot be shown" not in said(open_page(page, study="sound"))


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("page", ["verdicts", "runs", "mistakes"])
@pytest.mark.parametrize("damaged", DAMAGES, ids=" ".join)
def test_pages_of_a_damaged_study_say_why(home, damaged, page):
    name = name_hurt(damaged)
    reason = summarize_study(home / "studies" / name).reason
    text = said(open_page(page, study=name))
    assert "cannot be shown" not in text
    assert reason.removesuffix(".")[:60] in text
