"""Ask the package index whether both lock files install wherever they are for.

Run by `make lock-check`; the default tests have no network and read the same table offline.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT_DIR = Path(__file__).resolve().parents[1]
RUNTIME, DEVELOPMENT = (ROOT_DIR / "requirements.txt", ROOT_DIR / "tests" / "requirements.txt")
PYTHONS = ("3.11", "3.12", "3.13")
MACOS = "14.0"  # onnxruntime has no wheel for an older one


@dataclass(frozen=True)
class Platform:
    """A kind of machine.

    Attributes:
        title: As people say it.
        triple: As `uv --python-platform` says it.
        markers: What Python says of itself there, as far as requirements ask for it.
    """

    title: str
    triple: str
    markers: dict[str, str]

    def environment(self, python: str) -> dict[str, str]:
        """Return what markers are evaluated in."""
        return {
            **self.markers,
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def _markers(os_name: str, sys_platform: str, system: str, machine: str) -> dict[str, str]:
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
    }


PLATFORMS = (
    Platform(
        "Linux x86-64", "x86_64-manylinux_2_28", _markers("posix", "linux", "Linux", "x86_64")
    ),
    Platform("Linux ARM", "aarch64-manylinux_2_28", _markers("posix", "linux", "Linux", "aarch64")),
    Platform(
        f"macOS {MACOS} ARM",
        "aarch64-apple-darwin",
        _markers("posix", "darwin", "Darwin", "arm64"),
    ),
    Platform(
        "Windows x86-64", "x86_64-pc-windows-msvc", _markers("nt", "win32", "Windows", "AMD64")
    ),
)


def read_lines(path: Path) -> list[Requirement]:
    """Return the requirements of a lock file; a marker that cannot be parsed raises."""
    texts = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(text) for text in texts if text]


def read_pins(path: Path, platform: Platform, python: str) -> dict[str, str]:
    """Return the version of each package that a lock file installs there.

    Raises:
        ValueError: It names a package twice.
    """
    environment = platform.environment(python)
    pins: dict[str, str] = {}
    for line in read_lines(path):
        name = canonicalize_name(line.name)
        if line.marker is None or line.marker.evaluate(environment):
            if name in pins:
                raise ValueError(f"{path.name} names {name} twice on {platform.title}, {python}.")
            pins[name] = next(iter(line.specifier)).version
    return pins


def resolve(path: Path, platform: Platform, python: str) -> dict[str, str]:
    """Return what uv would install there: wheels alone, the needs of all pins followed.

    Raises:
        ValueError: There is no solution; uv's words say why.
    """
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", str(path)]
    command += ["--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:"]
    command += ["--python-platform", platform.triple, "--python-version", python]
    if path != RUNTIME:
        command += ["--constraints", str(RUNTIME)]
    answer = subprocess.run(
        command,
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": MACOS},
        cwd=ROOT_DIR,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        raise ValueError(answer.stderr.strip())
    lines = [Requirement(line) for line in answer.stdout.splitlines() if "==" in line]
    return {canonicalize_name(line.name): next(iter(line.specifier)).version for line in lines}


def find_faults(path: Path, platform: Platform, python: str) -> Iterator[str]:
    """Yield what differs between the pins and what uv would install."""
    try:
        found = resolve(path, platform, python)
    except ValueError as problem:
        yield str(problem)
        return
    pinned = read_pins(path, platform, python)
    for name in sorted(found.keys() ^ pinned.keys()):
        yield f"{name} is {'not pinned' if name in found else 'pinned and not installed'}."


def main() -> int:
    """Check all combinations, print a line for each, return the exit status."""
    failed = False
    for platform in PLATFORMS:
        for python in PYTHONS:
            for path in (RUNTIME, DEVELOPMENT):
                faults = list(find_faults(path, platform, python))
                failed |= bool(faults)
                where = f"{platform.title}, Python {python}, {path.relative_to(ROOT_DIR)}"
                print(f"{where}: {' '.join(faults) or 'installs'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
