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

PYTEST_FOUND_FAILURES = 1


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


_ARCHIVES, _ZIP_TESTS = "lpr_core/archives.py", ("tests/labels/intake/test_archives.py",)
_ATTACKS = "tests/app/labeler/test_attacks.py"
_DOOR, _DOOR_TESTS = "app/labeler/door/first_admin.py", ("tests/app/labeler/door/test_door.py",)
_OPEN, _STORE = "app/dashboard/open_dashboard.py", "app/dashboard/chosen/shared_store.py"
_BLIND, _BLIND_TESTS = (
    "lpr_core/labels/tables/blindness.py",
    ("tests/labels/test_personal_view.py", "tests/app/labeler/test_blindness.py"),
)
_SOURCES, _PICKER = "app/dashboard/chosen/noise_sources.py", "app/dashboard/chosen/study_picker.py"


def _dashboard_tests(words: str) -> tuple[str, ...]:
    return "tests/app/dashboard/test_open_dashboard.py", "-k", words


GUARDS = (
    Guard("traversal in a ZIP", _ARCHIVES, 'if ".." in parts:', "if False:", _ZIP_TESTS),
    Guard("link in a ZIP", _ARCHIVES, "if kind == stat.S_IFLNK:", "if False:", _ZIP_TESTS),
    Guard(
        "archive in an archive",
        _ARCHIVES,
        "if limit.wants is None and _ARCHIVE_NAME.fullmatch(info.filename):",
        "if False:",
        _ZIP_TESTS,
    ),
    Guard("ZIP bomb", _ARCHIVES, "    _check_sizes(list(files.values()), limit)\n", "", _ZIP_TESTS),
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
        "lpr_core/data/formats/cells.py",
        "printable.startswith(_GUARDED_STARTS)",
        "False",
        ("tests/labels/exchange/test_cells.py",),
    ),
    *(
        Guard(f"what others said: {what}", _BLIND, line, gone, _BLIND_TESTS)
        for what, line, gone in (
            ("a plate in her hands", "        assignments.c.kind != FIRST,", "        False,"),
            ("a plate that waits", "and_(standings.c.stage == Stage.SECOND.value,", "and_(False,"),
            (
                "a plate she could undo",
                "        and_(standings.c.stage == Stage.DISPUTED.value, answered),",
                "",
            ),
            (
                "a gold plate",
                "standings.c.stage == Stage.GOLD.value, by_others, ~_knew_gold(viewer)",
                "False",
            ),
        )
    ),
    Guard(
        "a word about a blind plate past the queue",
        "lpr_core/labels/personal_view.py",
        "                raise BlindError(",
        "                BlindError(",
        _BLIND_TESTS,
    ),
    Guard(
        "an answer of 500 to a malformed request",
        "app/labeler/door/protection.py",
        "    server.add_middleware(ExplainMalformed)\n",
        "",
        ("tests/app/labeler/test_malformed.py", "-k", "said or every_body"),
    ),
    Guard(
        "an origin that is no address",
        "app/labeler/door/barriers.py",
        '    except ValueError:  # such as of "http://["\n        return False\n',
        "    finally:\n        pass\n",
        ("tests/app/labeler/test_malformed.py", "-k", "origin"),
    ),
    Guard(
        "a picture that hangs its decoder",
        "lpr_core/pictures/apart.py",
        "            process.kill()\n\n        timer",
        "            pass\n\n        timer",
        ("tests/pictures/test_apart.py", "-k", "hangs"),
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
    Guard(
        "a stranger behind a proxy's header",
        _DOOR,
        " and not is_forwarded(connection.headers.keys())",
        "",
        _DOOR_TESTS,
    ),
    Guard("a stranger behind a silent proxy", _DOOR, " and not is_old", "", _DOOR_TESTS),
    Guard(
        "a stranger behind a named proxy",
        "app/privacy.py",
        " and not named_hosts(environment)",
        "",
        _DOOR_TESTS,
    ),
    Guard(
        "a stranger who makes the first admin",
        _DOOR,
        "if not self.is_owner(connection) and not self.setup_code.fits(code):",
        "if False:",
        _DOOR_TESTS,
    ),
    Guard(
        "a set-up code that nobody was told",
        "app/labeler/door/sign_in.py",
        "        self._door.setup_code.say()\n",
        "",
        _DOOR_TESTS,
    ),
    Guard(
        "a dashboard that people should not see",
        _OPEN,
        "        return Visit(True, PEOPLE)\n",
        "        return Visit(True)\n",
        _dashboard_tests("added or counts or click"),
    ),
    Guard(
        "a dashboard before an annotator",
        _OPEN,
        "        return Visit(True, ROLE)\n",
        "        return Visit(True)\n",
        ("tests/app/dashboard/test_one_door.py",),
    ),
    Guard(
        "a dashboard over a store that fails",
        _OPEN,
        "        return Visit(False, NO_STORE)\n",
        "        return Visit(False)\n",
        _dashboard_tests("fails or answer"),
    ),
    Guard(
        "a dashboard over a store that is gone",
        _STORE,
        '        if _has_pictures(folder / "pictures"):',
        "        if False:",
        _dashboard_tests("lose_file"),
    ),
    Guard(
        "a dashboard that others reach",
        _OPEN,
        "    if not (is_private and _comes_from_here(request_headers())):",
        "    if False:",
        _dashboard_tests("reach or proxy"),
    ),
    Guard(
        "a dashboard behind a proxy",
        _OPEN,
        "not is_forwarded(sent) and ",
        "",
        _dashboard_tests("reach"),
    ),
    Guard(
        "a dashboard by another site's name",
        _OPEN,
        " and all(map(is_loopback, hosts))",
        "",
        _dashboard_tests("reach"),
    ),
    Guard(
        "corrected plates for everybody",
        _SOURCES,
        """    if reason := why_shut():
        st.info(f"{reason}, so corrected""",
        """    if reason := "":
        st.info(f"{reason}, so corrected""",
        _dashboard_tests("corrected"),
    ),
    Guard(
        "pictures from everybody",
        _SOURCES,
        """    if reason := why_shut():
        st.info(
            f"{reason}, so no picture""",
        """    if reason := "":
        st.info(
            f"{reason}, so no picture""",
        _dashboard_tests("own_picture"),
    ),
    Guard(
        "people's studies for everybody",
        _PICKER,
        "folders = (shipped, own) if is_open else (shipped,)",
        "folders = (shipped, own)",
        _dashboard_tests("shipped"),
    ),
    Guard(
        "folders for everybody",
        _PICKER,
        'if asked not in studies and may_open_paths() and (Path(asked) / "study.json").is_file():',
        'if asked not in studies and (Path(asked) / "study.json").is_file():',
        _dashboard_tests("path"),
    ),
    Guard(
        "studies from everybody",
        _PICKER,
        '(upload := st.session_state["study_zip"]) is None or why_shut():',
        '(upload := st.session_state["study_zip"]) is None:',
        _dashboard_tests("zip"),
    ),
    Guard(
        "an uploader for everybody",
        _PICKER,
        "        if not why_shut():\n            with st.popover",
        "        if True:\n            with st.popover",
        _dashboard_tests("shipped"),
    ),
    Guard(
        "downloads from a page left open",
        _OPEN,
        " if reason else make()",
        " if False else make()",
        _dashboard_tests("lies_open"),
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
    """Tell whether one of the guard's tests fails in `tree` without the guard."""
    return run_without(guard, tree, "-x").returncode == PYTEST_FOUND_FAILURES


def run_without(guard: Guard, tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the guard's tests in `tree` without the guard.

    Raises:
        ValueError: The guard's code is not there once.
    """
    path = tree / guard.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(guard.line) != 1:
        raise ValueError(f"{guard.path} must have this once: {guard.line!r}")
    path.write_text(whole.replace(guard.line, guard.gone), encoding="utf-8")
    try:
        return run_tests(tree, *options, *guard.tests)
    finally:
        path.write_text(whole, encoding="utf-8")


def run_tests(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the code and the tests of `tree`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


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
