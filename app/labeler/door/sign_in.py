"""Who is asking: a session in a cookie or a token in a header, and the guard before every route."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.labeler.door.first_admin import Door
from app.labeler.door.sign_in_page import refusal_page
from app.privacy import SESSION_COOKIE
from lpr_core.labels import Role, StoreError, User

SIGN_IN_PATH = "/sign-in"
FIRST_ADMIN_PATH = "/first-admin"
OPEN_PATHS = frozenset({SIGN_IN_PATH, FIRST_ADMIN_PATH})
"""Paths that nobody needs to sign in for; who asks is still found out."""
UNWATCHED_PATHS = frozenset({"/health", "/favicon.ico"})
"""Paths that answer even when the store does not."""
ROLE_PATHS = {
    "/team": Role.ADMIN,
    "/export/accesses.jsonl": Role.ADMIN,
    "/review": Role.REVIEWER,
    "/export": Role.REVIEWER,
}
"""Paths, with all below them, that need more than the role of an annotator; the first counts."""
OWNER = User(0, "", Role.ADMIN, True, datetime(1970, 1, 1, tzinfo=UTC))
"""The one person who works on this machine alone, before anybody was given a password."""


class NotAllowedError(ValueError):
    """A person may not do this; the message is one sentence for her."""


def current_user(request: Any) -> User:
    """Return who is asking.

    Args:
        request: A request of Starlette, FastAPI or Gradio that came through the `Guard`.

    Raises:
        NotAllowedError: It did not, so nobody knows.
    """
    user = getattr(request.state, "user", None)
    if user is None:
        raise NotAllowedError("Sign in first.")
    return user


def require_role(request: Any, role: Role) -> User:
    """Return who is asking when she has `role` or a higher one.

    Raises:
        NotAllowedError: She has not.
    """
    user = current_user(request)
    if not user.role.includes(role):
        raise NotAllowedError(f"Only {_say_roles(role)} may do this; you are {_say(user.role)}.")
    return user


class Guard:
    """ASGI middleware: lets a request through when it is known who asks and she may.

    The person is then `request.state.user`; see `current_user`. While there are no people in the
    store, who comes from this machine is the `OWNER` (`Door.is_owner`); everybody else is nobody,
    and the set-up code is said.

    Args:
        app: What is guarded.
        door: Knows the people, and who the owner is.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door
        self._has_users = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] == "lifespan" or scope["path"] in UNWATCHED_PATHS:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # nothing of ours listens to one
            await send({"type": "websocket.close", "code": 1008})
        else:
            await (await self._choose(scope))(scope, receive, send)

    async def _choose(self, scope: Scope) -> ASGIApp:
        """Return the app, or the response that refuses."""
        connection = HTTPConnection(scope)
        try:
            user = await run_in_threadpool(self._identify, connection)
        except StoreError as error:
            return _refuse(connection, str(error), 503)
        scope.setdefault("state", {})["user"] = user
        path = scope["path"]
        if path in OPEN_PATHS:
            return self._app
        if user is None:
            return _ask_to_sign_in(connection)
        needed = _needed_role(path)
        if not user.role.includes(needed):
            sentence = f"This page is for {_say_roles(needed)}; you are {_say(user.role)}."
            return _refuse(connection, sentence, 403)
        return self._app

    def _identify(self, connection: HTTPConnection) -> User | None:
        # Once there are people there always are: they are made inactive, never removed.
        people = self._door.people
        self._has_users = self._has_users or people.has_users()
        if not self._has_users:
            return self._find_owner(connection)
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return people.user_of_token(token.strip())
        secret = connection.cookies.get(SESSION_COOKIE)
        return people.user_of_session(secret) if secret else None

    def _find_owner(self, connection: HTTPConnection) -> User | None:
        if self._door.is_owner(connection):
            return OWNER
        self._door.setup_code.say()
        return None


def _needed_role(path: str) -> Role:
    for start, role in ROLE_PATHS.items():
        if path == start or path.startswith(f"{start}/"):
            return role
    return Role.ANNOTATOR


def wants_page(connection: HTTPConnection) -> bool:
    """Tell a browser that opens a page from a program or a script."""
    return connection.scope["method"] in ("GET", "HEAD") and "text/html" in (
        connection.headers.get("accept", "")
    )


def _ask_to_sign_in(connection: HTTPConnection) -> Response:
    if wants_page(connection):
        target = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
        query = "" if target == "/" else f"?next={quote(target, safe='/')}"
        return RedirectResponse(SIGN_IN_PATH + query, 303, {"Cache-Control": "no-store"})
    return _refuse(connection, "Sign in first.", 401)


def _refuse(connection: HTTPConnection, sentence: str, status: int) -> Response:
    if wants_page(connection):
        return HTMLResponse(refusal_page(sentence), status, {"Cache-Control": "no-store"})
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": sentence}, status, headers)


def _say(role: Role) -> str:
    return f"an {role}" if role != Role.REVIEWER else f"a {role}"


def _say_roles(lowest: Role) -> str:
    return " and ".join(f"{role}s" for role in Role if role.includes(lowest))
