"""The routes of the door: sign in, make the first admin, sign out."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.labeler.door.first_admin import Door
from app.labeler.door.sign_in import (
    FIRST_ADMIN_PATH,
    OWNER,
    SIGN_IN_PATH,
    current_user,
)
from app.labeler.door.sign_in_page import (
    first_admin_page,
    password_page,
    sign_in_page,
    sign_out_page,
)
from app.privacy import SESSION_COOKIE
from lpr_core.labels import SignInError, StoreError, TooManyAttempts
from lpr_core.labels.people import People, Session

PASSWORD_PATH = "/password"
DEVICE_COOKIE = "lpr_device"
"""Stays when the session ends, so that guesses of others do not slow this browser down."""
DEVICE_SECONDS = 365 * 24 * 3600

FRESH = {"Cache-Control": "no-store"}
Field = Annotated[str, Form(max_length=200)]


def add_sign_in(server: FastAPI, door: Door) -> None:
    """Add `/sign-in`, `/first-admin`, `/password` and `/sign-out` to a server."""

    @server.get(SIGN_IN_PATH)
    def show_sign_in(request: Request, next: str = "/") -> Response:
        """Show the form that is needed now."""
        if not door.people.has_users():
            return _page(first_admin_page(needs_code=not door.is_owner(request)))
        if request.state.user is not None:
            return RedirectResponse(local_path(next), 303, FRESH)
        return _page(sign_in_page(local_path(next)))

    @server.post(SIGN_IN_PATH)
    def sign_in(
        request: Request,
        name: Field = "",
        password: Field = "",
        next: Field = "/",
    ) -> Response:
        """Start a session and lead to where the person wanted to go."""
        target = local_path(next)
        try:
            return _start_session(request, door.people, name, password, target)
        except TooManyAttempts as error:
            return _slow_down(sign_in_page(target, name, str(error)), error)
        except SignInError as error:
            return _page(sign_in_page(target, name, str(error)), 401)
        except StoreError as error:
            return _page(sign_in_page(target, name, str(error)), 503)

    @server.post(FIRST_ADMIN_PATH)
    def make_first_admin(
        request: Request,
        name: Field = "",
        password: Field = "",
        again: Field = "",
        code: Field = "",
    ) -> Response:
        """Make the first admin and sign her in."""
        try:
            if password != again:
                raise ValueError("The two passwords differ.")
            door.make_first_admin(request, name, password, code)
            return _start_session(request, door.people, name, password, "/")
        except (ValueError, StoreError) as error:
            needs_code = not door.is_owner(request)
            page = first_admin_page(needs_code=needs_code, name=name, problem=str(error))
            return _page(page, 503 if isinstance(error, StoreError) else 400)

    @server.get(PASSWORD_PATH)
    def show_password(request: Request) -> Response:
        """Show the form that changes one's own password."""
        user = current_user(request)
        if user == OWNER:
            return RedirectResponse("/", 303, FRESH)
        return _page(password_page(user.name))

    @server.post(PASSWORD_PATH)
    def change_password(
        request: Request, old: Field = "", password: Field = "", again: Field = ""
    ) -> Response:
        """Change one's own password; other sessions of the same person end."""
        user = current_user(request)
        try:
            if password != again:
                raise ValueError("The two passwords differ.")
            session = door.people.change_password(
                user, old, password, _origin(request), request.cookies.get(DEVICE_COOKIE, "")
            )
            return _keep_session(request, session, "/")
        except TooManyAttempts as error:
            return _slow_down(password_page(user.name, str(error)), error)
        except SignInError:
            return _page(password_page(user.name, "The present password is wrong."), 401)
        except (ValueError, StoreError) as error:
            status = 503 if isinstance(error, StoreError) else 400
            return _page(password_page(user.name, str(error)), status)

    @server.get("/sign-out")
    def show_sign_out(request: Request) -> Response:
        """Ask first: a link must not sign anybody out."""
        return _page(sign_out_page(current_user(request).name or "the owner of this machine"))

    @server.post("/sign-out")
    def sign_out(request: Request) -> Response:
        """End the session here and in the store."""
        if secret := request.cookies.get(SESSION_COOKIE):
            door.people.sign_out(secret)
        answer = RedirectResponse(SIGN_IN_PATH, 303, FRESH)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return answer


def _start_session(
    request: Request, people: People, name: str, password: str, target: str
) -> Response:
    """Check the password; answer with a new secret, never with one that came along."""
    device = request.cookies.get(DEVICE_COOKIE, "")
    session = people.sign_in(name, password, _origin(request), device)
    if old := request.cookies.get(SESSION_COOKIE):
        people.sign_out(old)
    return _keep_session(request, session, target)


def _keep_session(request: Request, session: Session, target: str) -> Response:
    """Lead to a page, and let the browser keep the session, and the device beyond it."""
    answer = RedirectResponse(target, 303, FRESH)
    is_secure = request.url.scheme == "https"
    for name, secret, age in (
        (SESSION_COOKIE, session.secret, None),
        (DEVICE_COOKIE, session.device, DEVICE_SECONDS),
    ):
        answer.set_cookie(
            name, secret, max_age=age, httponly=True, samesite="lax", secure=is_secure
        )
    return answer


def _slow_down(html: str, error: TooManyAttempts) -> Response:
    return HTMLResponse(html, 429, FRESH | {"Retry-After": str(error.wait_seconds)})


def local_path(target: str) -> str:
    r"""Return `target` when it is a path of this app, else `/`: nobody is led elsewhere.

    Browsers take `//host` and `/\host` for another host, and drop control characters before.
    """
    try:
        parts = urlsplit(target)
    except ValueError:  # such as of "//["
        return "/"
    is_local = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and target.isascii()
        and target.isprintable()
    )
    return target if is_local else "/"


def _origin(request: Request) -> str:
    """Return who attempts: an IPv4 address, or the network that one IPv6 subscriber has."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, FRESH)
