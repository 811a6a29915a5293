"""Switch each guard against an attack off and see its test fail: `python -m tests.guards_off`.

Works on a copy of the tree; prints a line for each guard and exits with 1 if a test still passes
without the guard that it is there for.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.serve import ROOT_DIR

_PYTEST_FOUND_FAILURES = 1


@dataclass(frozen=True)
class Guard:
    """One guard.

    Attributes:
        attack: What it stands against.
        path: Its file.
        line: Code that occurs once there.
        gone: What stands there when the guard is off.
        tests: Arguments of pytest: the tests that must fail then.
    """

    attack: str
    path: str
    line: str
    gone: str
    tests: tuple[str, ...]


_ARCHIVES, _ZIP_TESTS = (
    "lpr_core/labels/intake/archives.py",
    ("tests/labels/intake/test_archives.py",),
)
_ATTACKS = "tests/app/labeler/test_attacks.py"
GUARDS = (
    Guard("traversal in a ZIP", _ARCHIVES, 'if ".." in parts:', "if False:", _ZIP_TESTS),
    Guard("link in a ZIP", _ARCHIVES, "if kind == stat.S_IFLNK:", "if False:", _ZIP_TESTS),
    Guard(
        "archive in an archive",
        _ARCHIVES,
        "if _ARCHIVE_NAME.fullmatch(info.filename):",
        "if False:",
        _ZIP_TESTS,
    ),
    Guard("ZIP bomb", _ARCHIVES, "    _check_sizes(infos)\n", "", _ZIP_TESTS),
    Guard(
        "bomb of shared bytes",
        _ARCHIVES,
        "    _check_overlaps(infos, archive.start_dir)\n",
        "",
        _ZIP_TESTS,
    ),
    Guard(
        "picture bomb",
        "lpr_core/pictures/decoding.py",
        "if image.width * image.height > MAX_PIXELS:",
        "if False:",
        ("tests/pictures/test_decoding.py", "tests/pictures/test_bad_pictures.py"),
    ),
    Guard(
        "formula in a cell",
        "lpr_core/labels/exchange/cells.py",
        "printable.startswith(_GUARDED_STARTS)",
        "False",
        ("tests/labels/exchange/test_exchange.py",),
    ),
    Guard(
        "guessed passwords",
        "lpr_core/labels/people/attempts.py",
        "    if wait:\n",
        "    if False:\n",
        ("tests/labels/people/test_people.py", "-k", "sqlite"),
    ),
    Guard(
        "fixed session",
        "lpr_core/labels/people/secret_keys.py",
        "return secrets.token_urlsafe(NUM_BYTES)",
        'return "always the same"',
        ("tests/labels/people/test_people.py", "-k", "sqlite"),
    ),
    Guard(
        "secrets read from the database",
        "lpr_core/labels/people/secret_keys.py",
        "return hashlib.sha256(secret.encode()).hexdigest()",
        "return secret",
        ("tests/labels/people/test_people.py", "-k", "sqlite"),
    ),
    Guard(
        "open redirect",
        "app/labeler/door/sign_in_routes.py",
        'return target if is_local else "/"',
        "return target",
        ("tests/app/labeler/door/test_sign_in.py",),
    ),
    Guard(
        "request forgery on the server's behalf",
        "app/labeler/door/barriers.py",
        'if scope["type"] == "http" and CLOSED_PATHS.match(scope["path"]):',
        "if False:",
        (_ATTACKS, "-k", "fetches"),
    ),
    Guard(
        "script in an upload",
        "app/labeler/door/barriers.py",
        '    "X-Content-Type-Options": "nosniff",\n',
        "",
        (_ATTACKS, "tests/app/labeler/door/test_protection.py", "-k", "browser or header"),
    ),
)


def copy_tree(target: Path) -> None:
    """Copy the code, the tests and what they read; no history, no environment."""
    for name in ("app", "lpr_core", "tests", "data", "pyproject.toml"):
        source = ROOT_DIR / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / name)


def is_missed(guard: Guard, tree: Path) -> bool:
    """Tell whether the guard's tests fail in `tree` without the guard.

    Raises:
        ValueError: The guard's code is not there once.
    """
    path = tree / guard.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(guard.line) != 1:
        raise ValueError(f"{guard.path} must have this once: {guard.line!r}")
    path.write_text(whole.replace(guard.line, guard.gone), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *guard.tests]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
    finally:
        path.write_text(whole, encoding="utf-8")
    return ended.returncode == _PYTEST_FOUND_FAILURES


def main() -> int:
    """Try all guards; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_tree(tree)
        missed = []
        for guard in GUARDS:
            missed.append(is_missed(guard, tree))
            verdict = "a test fails without it" if missed[-1] else "NO TEST FAILS WITHOUT IT"
            print(f"{guard.attack:40} {verdict}", flush=True)
    return 0 if all(missed) else 1


if __name__ == "__main__":
    sys.exit(main())
