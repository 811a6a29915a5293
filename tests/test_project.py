"""The checkout as a whole: what lies on top, which commands there are."""

import ast
import graphlib
import importlib
import inspect
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

ROOT_DIR = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    *("app", "lpr_core", "data", "tests"),
    *("requirements.txt", "README.md", "Procfile", "pyproject.toml", "Makefile", "LICENSE"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "docs", "package.json", "package-lock.json"),
}
ROOMS = sorted(path.parent.name for path in ROOT_DIR.glob("lpr_core/*/__init__.py"))
MAX_MODULE_LINES, MAX_TEST_LINES, MAX_MODULES = 300, 400, 15
HEAVY = ("tensorflow", "keras", "jax", "torch", "gradio", "streamlit", "imgaug", "tf2onnx")


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT_DIR, check=True, capture_output=True, text=True
    )
    return listed.stdout.splitlines()


def make(*arguments: str) -> str:
    answer = subprocess.run(
        ["make", *arguments], cwd=ROOT_DIR, check=True, capture_output=True, text=True
    )
    return answer.stdout


def targets() -> set[str]:
    return set(re.findall(r"^make ([\w-]+) ", make(), re.MULTILINE))


def test_nothing_unexpected_lies_on_top():
    on_top = {name.partition("/")[0] for name in tracked_files()}
    assert {name for name in on_top if not name.startswith(".")} <= TOP_LEVEL


def test_plain_make_prints_the_targets():
    assert {"start", "install", "test", "check", "benchmark", "lock", "lock-check"} <= targets()


def test_every_command_of_the_readme_exists():
    commands = set(re.findall(r"\bmake ([a-z-]+)\b`?", code_of(ROOT_DIR / "README.md")))
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


def test_one_class_name_has_one_meaning():
    """Also among private classes: a name that is looked for is found once."""
    places: dict[str, list[str]] = {}
    for path in [*ROOT_DIR.glob("app/**/*.py"), *ROOT_DIR.glob("lpr_core/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT_DIR)))
    assert len(places) > 200
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_no_module_imports_itself_by_a_detour():
    """Nor for types alone: what two modules must know of each other is a module of its own."""
    graph = grimp.build_graph("app", "lpr_core", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 300
    graphlib.TopologicalSorter(imports).prepare()  # CycleError names the circle


def list_modules(*places: str) -> list[Path]:
    return [path for place in places for path in ROOT_DIR.joinpath(place).rglob("*.py")]


@pytest.mark.parametrize(
    ("places", "limit"),
    [(("app", "lpr_core"), MAX_MODULE_LINES), (("tests",), MAX_TEST_LINES)],
)
def test_no_file_is_too_long_to_have_one_job(places, limit):
    lines = {
        str(path.relative_to(ROOT_DIR)): len(path.read_text().splitlines())
        for path in list_modules(*places)
    }
    assert len(lines) > 100
    assert {path: number for path, number in lines.items() if number > limit} == {}


def test_no_folder_has_too_many_modules_to_find_one():
    folders = Counter(
        str(path.parent.relative_to(ROOT_DIR))
        for path in list_modules("app", "lpr_core")
        if path.name != "__init__.py"
    )
    assert len(folders) > 20
    assert {folder: number for folder, number in folders.items() if number > MAX_MODULES} == {}


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
