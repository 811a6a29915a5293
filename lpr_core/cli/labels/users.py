"""`lpr users`: who may sign in to the labelling app."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.labels.upkeep import ACTOR, open_store

if TYPE_CHECKING:
    from lpr_core.labels import LabelStore, Role, User

users_app = typer.Typer(help="Say who may sign in to the labelling app.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The user's name; case does not matter.")]
RoleArgument = Annotated[str, typer.Argument(help="annotator, reviewer or admin.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the input, do not ask.")
]


@users_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As it is shown.")],
    role: Annotated[str, typer.Option(help="annotator, reviewer or admin.")] = "annotator",
    password_stdin: StdinOption = False,
) -> None:
    """Add a user; the password is asked for. From the first user on, everybody must sign in."""
    chosen = _read_role(role)
    password = _read_password(password_stdin)
    with open_store() as store:
        _show(store.people.add_user(name, password, chosen, actor=ACTOR))


@users_app.command("list")
def list_users() -> None:
    """Print all users."""
    with open_store() as store:
        for user in store.people.list():
            _show(user)


@users_app.command("set-role")
def set_role(name: NameArgument, role: RoleArgument) -> None:
    """Change what a user may do."""
    chosen = _read_role(role)
    with open_store() as store:
        _show(store.people.set_role(_find(store, name), chosen, actor=ACTOR))


@users_app.command("set-password")
def set_password(name: NameArgument, password_stdin: StdinOption = False) -> None:
    """Change a password and sign the user out everywhere."""
    with open_store() as store:
        user_id = _find(store, name)
        _show(store.people.set_password(user_id, _read_password(password_stdin), actor=ACTOR))


@users_app.command("deactivate")
def deactivate(name: NameArgument) -> None:
    """Lock a user out, sessions and tokens included; her labels stay."""
    with open_store() as store:
        _show(store.people.set_active(_find(store, name), False, actor=ACTOR))


@users_app.command("activate")
def activate(name: NameArgument) -> None:
    """Let a user in again."""
    with open_store() as store:
        _show(store.people.set_active(_find(store, name), True, actor=ACTOR))


def _find(store: "LabelStore", name: str) -> int:
    return store.people.get(name).user_id


def _read_role(role: str) -> "Role":
    from lpr_core.labels import Role

    try:
        return Role(role)
    except ValueError:
        raise ValueError(f"`role` must be one of {', '.join(Role)}. Received: {role!r}") from None


def _read_password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)


def _show(user: "User") -> None:
    state = "" if user.active else ", inactive"
    typer.echo(f"{user.name}: {user.role}{state}")
