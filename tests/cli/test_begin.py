"""What stands before every command: the version, the help, what exit codes mean."""

import pytest
from typer.testing import CliRunner

from lpr_core import __version__
from lpr_core.cli import app


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_version_is_the_packages_own():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"lpr {__version__}\n")


def test_the_help_lists_commands_and_exit_codes():
    told = run("--help").stdout
    for words in ("read", "condition", "diary", "Exit codes", "--install-completion"):
        assert words in told


@pytest.mark.parametrize("arguments", [("raed",), ("read",), ("train", "--epochs")])
def test_a_wrong_command_is_the_person_s_input(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
