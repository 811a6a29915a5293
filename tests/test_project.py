"""The checkout as a whole: what lies on top, what is pinned, which commands there are."""

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT_DIR = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    *("app", "lpr_core", "data", "tests"),
    *("requirements.txt", "README.md", "Procfile", "pyproject.toml", "Makefile", "LICENSE"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "docs", "package.json", "package-lock.json"),
}
PINS = [ROOT_DIR / "requirements.txt", ROOT_DIR / "tests" / "requirements.txt"]
RUNTIME, DEVELOPMENT = PINS
PROJECT = tomllib.loads((ROOT_DIR / "pyproject.toml").read_text())["project"]
ROOMS = sorted(path.parent.name for path in ROOT_DIR.glob("lpr_core/*/__init__.py"))
HEAVY = ("tensorflow", "keras", "jax", "torch", "gradio", "streamlit", "imgaug", "tf2onnx")


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT_DIR, check=True, capture_output=True, text=True
    )
    return listed.stdout.splitlines()


def read_pins(path: Path) -> dict[str, list[Requirement]]:
    """Return the lines of a lock file by package; one package may have a line for each Python."""
    pins: dict[str, list[Requirement]] = {}
    for line in path.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text:
            pin = Requirement(text)
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def make(*arguments: str) -> str:
    answer = subprocess.run(
        ["make", *arguments], cwd=ROOT_DIR, check=True, capture_output=True, text=True
    )
    return answer.stdout


def targets() -> set[str]:
    return set(re.findall(r"^make (\w+) ", make(), re.MULTILINE))


def test_nothing_unexpected_lies_on_top():
    on_top = {name.partition("/")[0] for name in tracked_files()}
    assert {name for name in on_top if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("path", PINS, ids=["runtime", "development"])
def test_every_requirement_is_pinned(path):
    for pins in read_pins(path).values():
        for pin in pins:
            assert pin.url is None
            assert [specifier.operator for specifier in pin.specifier] == ["=="], str(pin)


@pytest.mark.parametrize("path", PINS, ids=["runtime", "development"])
def test_lock_files_name_no_place_to_fetch_from(path):
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|/", body_of(path))


def body_of(path: Path) -> str:
    """Return the lines without what uv notes about where a requirement comes from."""
    return "\n".join(line.partition("#")[0] for line in path.read_text().splitlines())


@pytest.mark.parametrize(
    ("ranges", "path"),
    [
        pytest.param(PROJECT["dependencies"], RUNTIME, id="runtime"),
        pytest.param(PROJECT["optional-dependencies"]["dev"], DEVELOPMENT, id="development"),
    ],
)
def test_pins_lie_within_the_ranges(ranges, path):
    pins = read_pins(path)
    for wanted in map(Requirement, ranges):
        versions = [
            next(iter(pin.specifier)).version for pin in pins[canonicalize_name(wanted.name)]
        ]
        assert any(map(wanted.specifier.contains, versions)), f"{wanted}: {versions}"


def test_both_lock_files_agree():
    runtime = read_pins(RUNTIME)
    for name, pins in read_pins(DEVELOPMENT).items():
        assert {str(pin.specifier) for pin in runtime.get(name, pins)} >= {
            str(pin.specifier) for pin in pins
        }


def test_one_opencv_only():
    names = [name for name in read_pins(RUNTIME) | read_pins(DEVELOPMENT) if "opencv" in name]
    assert names == ["opencv-python"]


def test_plain_make_prints_the_targets():
    assert {"start", "install", "test", "check", "benchmark", "lock"} <= targets()


def test_every_command_of_the_readme_exists():
    commands = set(re.findall(r"\bmake ([a-z]+)\b`?", code_of(ROOT_DIR / "README.md")))
    assert commands
    assert commands <= targets()


def code_of(path: Path) -> str:
    """Return what stands in code blocks and between backticks."""
    text = path.read_text()
    return "\n".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))


def test_every_file_that_the_readme_links_exists():
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT_DIR / "README.md").read_text())
    assert [link for link in links if not (ROOT_DIR / link).exists()] == []


def test_procfile_has_one_process_type_for_each_app():
    lines = (ROOT_DIR / "Procfile").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["web", "dashboard"]
    assert all("${LPR_HOST:-0.0.0.0}" in line for line in lines)


def test_ci_runs_make_test():
    script = ROOT_DIR / ".ci" / "run"
    assert script.read_text().startswith("#!/usr/bin/env bash\n")
    assert "\nmake test" in script.read_text()
    subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_that_a_room_exports_is_there_and_explained(room):
    module = importlib.import_module(f"lpr_core.{room}")
    assert module.__doc__
    names = getattr(module, "__all__", [])
    assert names == sorted(names, key=lambda name: (not name.isupper(), name))
    for name in names:
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), f"{room}.{name} has no docstring"


def test_rooms_are_cheap_to_enter():
    rooms = ", ".join(f"lpr_core.{room}" for room in ROOMS)
    code = f"import sys, {rooms}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT_DIR, check=True, capture_output=True, text=True
    )
    assert answer.stdout.strip() == ""
