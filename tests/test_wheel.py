"""One wheel: the packages, both apps and all that is shipped, found by one rule."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.serve import ROOT_DIR, find_procfile, read_commands
from lpr_core.places import SHIPPED_DIR, find_shipped

READ = "import sys; from lpr_core.cli import app; app(['read', sys.argv[1]])"
SHIPPED = ("samples/manifest.csv", "models/world/model.onnx", "models/world/reader.json")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout; built without asking any package index."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT_DIR, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_has_all_that_git_has_of_packages_and_data(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    told = subprocess.run(
        ["git", "ls-files", "lpr_core", "app", "data"],
        cwd=ROOT_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    wanted = {
        name.replace("data/", "lpr_core/_data/", 1) if name.startswith("data/") else name
        for name in told
    }
    assert sorted(wanted - packed) == []
    assert "app/Procfile" in packed
    assert {name.split("/")[0] for name in packed} == {
        "lpr_core",
        "app",
        "lpr_workbench-0.1.0.dist-info",
    }


def test_it_reads_from_a_foreign_folder(wheel, tmp_path):
    """Unpacked, without the checkout on the path; the dependencies are those that are installed."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site), "LPR_DATA_DIR": str(tmp_path / "data")}
    for variable in ("LPR_READER", "LPR_FINDER"):
        environment.pop(variable, None)
    ask = "import lpr_core, app.serve; print(lpr_core.__file__, app.serve.find_procfile())"
    sample = sorted((site / "lpr_core" / "_data" / "samples").rglob("*.jpg"))[0]
    answers = [
        subprocess.run(
            [sys.executable, *arguments],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for arguments in (
            ["-c", ask],
            ["-c", "from lpr_core.cli import app; app()", "read", str(sample)],
        )
    ]
    assert answers[0].split() == [
        str(site / "lpr_core" / "__init__.py"),
        str(site / "app" / "Procfile"),
    ]
    assert sample.name in answers[1]


def test_a_checkout_takes_its_own_files(tmp_path):
    assert SHIPPED_DIR == ROOT_DIR / "data"
    assert all((SHIPPED_DIR / name).is_file() for name in SHIPPED)
    assert find_procfile() == ROOT_DIR / "Procfile"
    package = tmp_path / "lpr_core"
    package.mkdir()
    assert find_shipped(package) == tmp_path / "data"
    (package / "_data").mkdir()
    assert find_shipped(package) == package / "_data"


def test_both_apps_start_from_any_folder():
    commands = read_commands(find_procfile())
    assert commands["web"].endswith("python -m app.labeler")
    assert f"streamlit run {ROOT_DIR / 'app' / 'dashboard' / 'main.py'} " in commands["dashboard"]
    assert Path(commands["dashboard"].split("streamlit run ")[1].split()[0]).is_file()
