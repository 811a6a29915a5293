"""The command that switches guards off still finds them."""

import shutil

import pytest

from app.serve import ROOT_DIR
from tests.guards_off import GUARDS, Guard, is_missed


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.attack)
def test_a_guard_is_where_the_command_looks(guard):
    assert (ROOT_DIR / guard.path).read_text(encoding="utf-8").count(guard.line) == 1
    assert all((ROOT_DIR / name).exists() for name in guard.tests if name.startswith("tests/"))


def test_a_guard_that_no_test_misses_is_told(tmp_path):
    shutil.copytree(ROOT_DIR / "app", tmp_path / "app")
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    tests = ("test_nothing.py",)
    with pytest.raises(ValueError, match="must have this once"):
        is_missed(
            Guard("nothing", "app/dashboard/shown/links.py", "no such code", "", tests), tmp_path
        )
    text = (tmp_path / "app/dashboard/shown/links.py").read_text(encoding="utf-8")
    title = text.splitlines(keepends=True)[0]
    assert not is_missed(
        Guard("nothing", "app/dashboard/shown/links.py", title, title, tests), tmp_path
    )
    assert (tmp_path / "app/dashboard/shown/links.py").read_text(encoding="utf-8") == text
