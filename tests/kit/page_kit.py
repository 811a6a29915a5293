"""Call the functions of a page as its script does."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from app.labeler.door.sign_in import OWNER
from lpr_core.labels import Role, User
from tests.kit.label_samples import picture_bytes


def person(name: str, role: Role = Role.ANNOTATOR, user_id: int = 1) -> User:
    """Somebody with an account."""
    return User(user_id, name, role, True, datetime(2026, 1, 1, tzinfo=UTC))


def caller(functions, user: User = OWNER):
    """A function that asks a page's function: `ask("find", query="A")`.

    `user` is who the guard has found; by default the one person without an account.
    """
    by_name = {function.__name__: function for function in functions}
    request = SimpleNamespace(state=SimpleNamespace(user=user))
    return lambda what, **data: by_name[what](data, request)


def read_one(desk, seed=0, name="car.png", region=None):
    """Let the desk read a small picture; return its card."""
    with tempfile.NamedTemporaryFile() as stream:
        Path(stream.name).write_bytes(picture_bytes(seed))
        return desk.read(Path(stream.name), name, region)["cards"][0]
