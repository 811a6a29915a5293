"""Errors of the command line: one place, one sentence, no traceback."""

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

BAD_INPUT = 2
"""Exit code for input that cannot be used, as for a wrong option."""

SOME_FAILED = 1
"""Exit code for a job that was done in part."""


class OneSentenceGroup(TyperGroup):
    """Turns the errors that the rooms raise on bad input into a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # `lpr ... | head` is no error; Typer ends quietly
        except (ValueError, OSError) as error:
            typer.echo(f"lpr: {describe_error(error)}", err=True)
            raise typer.Exit(BAD_INPUT) from error
        except ArithmeticError as error:  # a training that diverged
            typer.echo(f"lpr: {error}", err=True)
            raise typer.Exit(SOME_FAILED) from error


def describe_error(error: Exception) -> str:
    """Return what a person should read: no class names, no errno, no links."""
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or error.title}: {fault['msg']}"
            for fault in error.errors()
        )
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)
