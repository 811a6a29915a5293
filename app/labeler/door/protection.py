"""What stands between the network and the labelling app, outermost first.

Host names that are ours, bodies of an admitted size, no orders from other websites, people that
are known (`app.labeler.door.sign_in.Guard`), and headers that tell a browser to trust nobody else.
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.labeler.door.barriers import (
    UPLOAD_PATH,
    AddHeaders,
    CloseRoutes,
    LimitBodies,
    RefuseStrangers,
)
from app.labeler.door.housekeeping import KeepRoom
from app.labeler.door.sign_in import Guard
from app.labeler.door.sign_in_routes import Door, add_sign_in
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.tables.database import explain_errors

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def protect_server(
    server: FastAPI, store: LabelStore, host: str, folders: Sequence[Path] = ()
) -> str | None:
    """Add sign-in and all protection to a server.

    Args:
        server: Without a route yet that takes every path, as Gradio's does.
        store: Knows the people.
        host: What the server listens on.
        folders: Where uploads are written.

    Returns:
        The set-up code that the first admin has to know, or None where none is needed.
    """
    private = is_loopback(host)
    code = None if private or store.people.has_users() else secrets.token_urlsafe(12)
    add_sign_in(server, Door(store.people, code))
    # Whoever adds middleware last stands outermost.
    server.add_middleware(KeepRoom, folders=tuple(folders), path=UPLOAD_PATH)
    server.add_middleware(Guard, people=store.people, is_private=private)
    server.add_middleware(CloseRoutes)
    server.add_middleware(RefuseStrangers)
    server.add_middleware(LimitBodies)
    # It admits no other origin. Without it, Gradio would admit every one, credentials included.
    server.add_middleware(CORSMiddleware)
    server.add_middleware(
        TrustedHostMiddleware, allowed_hosts=allowed_hosts(os.environ, private), www_redirect=False
    )
    server.add_middleware(AddHeaders)
    return code


async def _say_fault(_request: Request, fault: Exception) -> JSONResponse:
    """Answer a fault of the disk or the database in a sentence."""
    try:
        with explain_errors():
            raise fault
    except StoreError as error:
        return JSONResponse({"error": str(error)}, 503)


FAULTS = {StoreError: _say_fault, OSError: _say_fault}


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can connect to a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def allowed_hosts(environment: Mapping[str, str], private: bool) -> list[str]:
    """Return the host names that requests may ask for; `*` is any.

    On loopback they are checked because a page of another site can make its own name point here
    (DNS rebinding) and would then be taken for ours. `LPR_ALLOWED_HOSTS` adds names, as a proxy
    needs them; beyond loopback it is the whole list.
    """
    named = [name.strip() for name in environment.get("LPR_ALLOWED_HOSTS", "").split(",")]
    names = [name for name in named if name]
    if private:
        return [*LOOPBACK_NAMES, *names]
    return names or ["*"]
