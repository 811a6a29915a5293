"""What stands between the network and the labelling app, outermost first.

Host names that are ours, bodies of an admitted size, no orders from other websites, people that
are known (`app.labeler.door.sign_in.Guard`), and headers that tell a browser to trust nobody else.
"""

import os
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
from app.labeler.door.first_admin import Door
from app.labeler.door.housekeeping import KeepRoom
from app.labeler.door.malformed import ExplainMalformed
from app.labeler.door.sign_in import Guard
from app.labeler.door.sign_in_routes import add_sign_in
from app.privacy import is_loopback, listens_privately, named_hosts
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.tables.database import explain_errors

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def protect_server(
    server: FastAPI, store: LabelStore, host: str, folders: Sequence[Path] = ()
) -> Door:
    """Add sign-in and all protection to a server.

    Args:
        server: Without a route yet that takes every path, as Gradio's does.
        store: Knows the people.
        host: What the server listens on.
        folders: Where uploads are written.

    Returns:
        The door, whose set-up code is yet to be said where everybody needs it.
    """
    door = Door(store.people, listens_privately(host, os.environ))
    add_sign_in(server, door)
    # Whoever adds middleware last stands outermost.
    server.add_middleware(KeepRoom, folders=tuple(folders), path=UPLOAD_PATH)
    server.add_middleware(ExplainMalformed)
    server.add_middleware(Guard, door=door)
    server.add_middleware(CloseRoutes)
    server.add_middleware(RefuseStrangers)
    server.add_middleware(LimitBodies)
    # It admits no other origin. Without it, Gradio would admit every one, credentials included.
    server.add_middleware(CORSMiddleware)
    server.add_middleware(
        TrustedHostMiddleware,
        allowed_hosts=allowed_hosts(os.environ, is_loopback(host)),
        www_redirect=False,
    )
    server.add_middleware(AddHeaders)
    return door


async def _say_fault(_request: Request, fault: Exception) -> JSONResponse:
    """Answer a fault of the disk or the database in a sentence."""
    try:
        with explain_errors():
            raise fault
    except StoreError as error:
        return JSONResponse({"error": str(error)}, 503)


FAULTS = {StoreError: _say_fault, OSError: _say_fault}


def allowed_hosts(environment: Mapping[str, str], on_loopback: bool) -> list[str]:
    """Return the host names that requests may ask for; `*` is any.

    On loopback they are checked because a page of another site can make its own name point here
    (DNS rebinding) and would then be taken for ours. `LPR_ALLOWED_HOSTS` adds names, as a proxy
    needs them; beyond loopback it is the whole list.
    """
    names = named_hosts(environment)
    if on_loopback:
        return [*LOOPBACK_NAMES, *names]
    return names or ["*"]
