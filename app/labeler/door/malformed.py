"""Answer malformed requests: 4xx with a sentence, where Gradio answers 500."""

import json
import logging
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

OUR_FAULT = "A fault of the app"
"""Title of a `gr.Error` that is ours: it stays a 500."""
STORE_FAILS = "The label store"
"""Title of a `gr.Error` of a store that does not answer: a 503."""
GRADIO_PATH = "/gradio_api/"
FORM = (
    "This request does not have the form that is expected here; /?view=api shows it. "
    "Nothing was done."
)
# What code raises that takes apart what is not as it expects. Others are no fault of the caller.
_FORM_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)


class ExplainMalformed:
    """ASGI middleware: turns what fails in taking a request apart into an answer about its form.

    Our own functions tell their problems in sentences (`api`, `calls`), so what else fails below
    `GRADIO_PATH` was sent in a form that Gradio cannot take. It is logged all the same.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and hold back answers of 500."""
        if scope["type"] != "http" or not scope["path"].startswith(GRADIO_PATH):
            await self._app(scope, receive, send)
            return
        held = _HeldAnswer(send)
        try:
            await self._app(scope, receive, held.send)
        except Exception as error:
            is_form = isinstance(error, _FORM_ERRORS) or held.start is not None
            if held.has_answered or not is_form:
                raise
            log.warning("A request to %s could not be taken apart", scope["path"], exc_info=True)
            await JSONResponse({"error": FORM}, 422)(scope, receive, send)
            return
        if held.start is not None:
            status, content = explain(held.start["status"], held.body)
            await JSONResponse(content, status)(scope, receive, send)


class _HeldAnswer:
    """Passes an answer on, but for one of 500, which is kept whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: Message | None = None
        self.body = b""
        self.has_answered = False

    async def send(self, message: Message) -> None:
        """Take the next part of the answer."""
        if message["type"] == "http.response.start" and message["status"] == 500:
            self.start = message
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
        else:
            self.has_answered = True
            await self._send(message)


def explain(status: int, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the content that stand for an answer of Gradio's to a fault.

    Args:
        status: 500.
        body: JSON with `error`: the sentence of a `gr.Error`, or null where something else failed.
    """
    try:
        content = json.loads(body)
    except ValueError:
        content = {}
    if not isinstance(content, dict) or not content.get("error"):
        return 422, {"error": FORM}
    titles = {OUR_FAULT: status, STORE_FAILS: 503}
    return titles.get(content.get("title", ""), 422), content
