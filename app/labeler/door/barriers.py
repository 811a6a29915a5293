"""ASGI middleware that stands before everything: what it admits, it passes on unchanged."""

import re
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_UPLOAD_BYTES = 250_000_000
"""The most that one request to the upload route may carry, all of its files together."""
MAX_BODY_BYTES = 1_000_000
"""The most that any other request may carry."""
MAX_TOOL_BYTES = 36_000_000
"""The most that a tool call may carry: the largest picture in base64."""
UPLOAD_PATH = "/gradio_api/upload"
BODY_LIMITS = {
    UPLOAD_PATH: MAX_UPLOAD_BYTES,
    "/gradio_api/mcp": MAX_TOOL_BYTES,
    "/gradio_api/mcp/": MAX_TOOL_BYTES,
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CLOSED_PATHS = re.compile(
    r"/gradio_api/(proxy=|file[=/].*://|stream/|deep_link|vibe-|process_recording|run(s|-history)\b)"
    r"|/(login|logout|monitoring)\b"
)
"""What Gradio offers and nobody here needs: above all, to fetch what others name."""
# Gradio builds its pages with inline scripts; but nothing is ever loaded from, or sent to, another
# host, and no other site may put our pages into a frame.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


class CloseRoutes:
    """ASGI middleware: answers 404 for `CLOSED_PATHS`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open."""
        if scope["type"] == "http" and CLOSED_PATHS.match(scope["path"]):
            await JSONResponse({"error": "There is nothing here."}, 404)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class RefuseStrangers:
    """ASGI middleware: no other website can make a visitor's browser change anything here.

    Browsers say where a request comes from; a program that says nothing carries no cookies of
    somebody else's. See https://words.filippo.io/csrf/.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from here."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            if not _is_from_here(headers):
                answer = JSONResponse({"error": "Another website asked for this; refused."}, 403)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_from_here(headers: Headers) -> bool:
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:  # such as of "http://["
        return False


class LimitBodies:
    """ASGI middleware: answers 413 to a body that is larger than `BODY_LIMITS` admits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = BODY_LIMITS.get(scope["path"], MAX_BODY_BYTES)
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        meter = _Meter(limit, receive, send)
        try:
            await self._app(scope, meter.receive, meter.send)
        except Exception:
            if not meter.is_over:
                raise
        if meter.is_over and not meter.has_answered:
            await _too_large(limit)(scope, receive, send)


class _Meter:
    """Counts what comes in when nobody said how much it will be.

    Past the limit the app is told that the client is gone, and what it still says is not sent.
    """

    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self._left = limit
        self._receive = receive
        self._send = send
        self.has_answered = False

    @property
    def is_over(self) -> bool:
        """Whether more came than is admitted."""
        return self._left < 0

    async def receive(self) -> Message:
        """Hand on the next part of the body."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over else message

    async def send(self, message: Message) -> None:
        """Hand on a part of the answer."""
        if self.has_answered or not self.is_over:
            self.has_answered = True
            await self._send(message)


def _too_large(limit: int) -> JSONResponse:
    sentence = f"One request may carry {limit / 1e6:g} MB at most; send fewer or smaller files."
    return JSONResponse({"error": sentence}, 413, {"Connection": "close"})


class AddHeaders:
    """ASGI middleware: adds `SECURITY_HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and mark the answer."""

        async def send_on(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_on)
