"""Both lock files: everything pinned, within the ranges, once on each platform and Python.

Read offline; `make lock-check` asks the package index whether all of it installs there.
"""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import check_locks
from tests.check_locks import (
    DEVELOPMENT,
    PLATFORMS,
    PYTHONS,
    ROOT_DIR,
    RUNTIME,
    find_faults,
    read_lines,
    read_pins,
)

PROJECT = tomllib.loads((ROOT_DIR / "pyproject.toml").read_text())["project"]
LOCKS = [
    pytest.param(RUNTIME, PROJECT["dependencies"], id="runtime"),
    pytest.param(DEVELOPMENT, PROJECT["optional-dependencies"]["dev"], id="development"),
]
PLACES = [
    pytest.param(platform, python, id=f"{platform.title}-{python}")
    for platform in PLATFORMS
    for python in PYTHONS
]
LINUX = PLATFORMS[0]


@pytest.mark.parametrize(("path", "ranges"), LOCKS)
def test_every_requirement_is_pinned(path, ranges):
    for pin in read_lines(path):
        assert pin.url is None
        assert [specifier.operator for specifier in pin.specifier] == ["=="], str(pin)


@pytest.mark.parametrize(("path", "ranges"), LOCKS)
def test_lock_files_name_no_place_to_fetch_from(path, ranges):
    body = "\n".join(line.partition("#")[0] for line in path.read_text().splitlines())
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|/", body)


@pytest.mark.parametrize(("platform", "python"), PLACES)
@pytest.mark.parametrize(("path", "ranges"), LOCKS)
def test_every_dependency_is_pinned_within_its_range(path, ranges, platform, python):
    pins, environment = read_pins(path, platform, python), platform.environment(python)
    for wanted in map(Requirement, ranges):
        if wanted.marker is None or wanted.marker.evaluate(environment):
            assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), wanted


@pytest.mark.parametrize(("platform", "python"), PLACES)
def test_both_lock_files_agree(platform, python):
    runtime = read_pins(RUNTIME, platform, python)
    development = read_pins(DEVELOPMENT, platform, python)
    shared = runtime.keys() & development.keys()
    assert shared
    assert {name: runtime[name] for name in shared} == {name: development[name] for name in shared}


@pytest.mark.parametrize(("platform", "python"), PLACES)
def test_one_build_of_tensorflow_and_of_opencv(platform, python):
    """The small build of TensorFlow exists for x86-64 on Linux and Windows alone."""
    names = [*read_pins(RUNTIME, platform, python), *read_pins(DEVELOPMENT, platform, python)]
    small = platform.title in {"Linux x86-64", "Windows x86-64"}
    built = [name for name in names if re.fullmatch(r"(tf-nightly|tensorflow)(-cpu|-gpu)?", name)]
    assert built == ["tensorflow-cpu" if small else "tensorflow"]
    assert [name for name in names if "opencv" in name] == ["opencv-python"]


def test_other_machines_are_left_without_tensorflow():
    for machine, system in [("x86_64", "darwin"), ("ARM64", "win32"), ("riscv64", "linux")]:
        environment = LINUX.environment("3.12")
        environment |= {"platform_machine": machine, "sys_platform": system}
        taken = [
            line.name
            for line in read_lines(RUNTIME)
            if line.marker is None or line.marker.evaluate(environment)
        ]
        assert "keras" in taken
        assert not [name for name in taken if name.startswith("tensorflow")]


def test_a_package_that_is_named_twice_is_refused(tmp_path):
    (tmp_path / "lock.txt").write_text("six==1 ; sys_platform == 'linux'  # via a\nsix==2\n")
    assert read_pins(tmp_path / "lock.txt", PLATFORMS[3], "3.11") == {"six": "2"}
    with pytest.raises(ValueError, match=r"names six twice on Linux x86-64, 3\.11"):
        read_pins(tmp_path / "lock.txt", LINUX, "3.11")


@pytest.fixture
def answer_as_uv(monkeypatch):
    """A function that sets what uv says, and returns the commands that it was given."""

    def set_answer(returncode: int, stdout: str = "", stderr: str = "") -> list[list[str]]:
        commands = []

        def run(command, **options):
            commands.append(command)
            return subprocess.CompletedProcess(command, returncode, stdout, stderr)

        monkeypatch.setattr(check_locks.subprocess, "run", run)
        return commands

    return set_answer


def write_lock(tmp_path: Path) -> Path:
    (tmp_path / "lock.txt").write_text("six==1\nattrs==2\n")
    return tmp_path / "lock.txt"


def test_the_check_tells_what_is_not_pinned_and_what_is_not_needed(answer_as_uv, tmp_path):
    commands = answer_as_uv(0, "six==1\nmore-itertools==3\n")
    assert list(find_faults(write_lock(tmp_path), LINUX, "3.11")) == [
        "attrs is pinned and not installed.",
        "more-itertools is not pinned.",
    ]
    assert "x86_64-manylinux_2_28" in commands[0]
    assert str(RUNTIME) in commands[0]  # the other lock's pins hold here too


def test_the_check_passes_on_what_uv_says(answer_as_uv, tmp_path):
    answer_as_uv(1, stderr="error: no wheels\n")
    assert list(find_faults(write_lock(tmp_path), LINUX, "3.11")) == ["error: no wheels"]


@pytest.mark.parametrize(("says", "status"), [("six==1\nattrs==2\n", 0), ("six==1\n", 1)])
def test_the_check_goes_over_every_platform_and_python(
    answer_as_uv, tmp_path, monkeypatch, capsys, says, status
):
    path = write_lock(tmp_path)
    monkeypatch.setattr(check_locks, "ROOT_DIR", tmp_path)
    monkeypatch.setattr(check_locks, "RUNTIME", path)
    monkeypatch.setattr(check_locks, "DEVELOPMENT", path)
    answer_as_uv(0, says)
    assert check_locks.main() == status
    assert len(capsys.readouterr().out.splitlines()) == len(PLATFORMS) * len(PYTHONS) * 2
