"""Whether the dashboard may show what is people's own and take something in: it has no sign-in.

It may on a machine that one person has for herself: nobody has an account in the label store, and
nobody else can reach the dashboard. Asked at each use, because people may be added meanwhile.
"""

import logging
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import streamlit as st

from app.dashboard.chosen.shared_store import open_store
from app.dashboard.shown.links import labeler_url
from app.privacy import is_forwarded, is_loopback, listens_privately
from lpr_core.labels import StoreError

log = logging.getLogger("lpr.dashboard")

PEOPLE = "People sign in to the labelling app, and this dashboard cannot ask who you are"
REACHED = "This dashboard can be reached from other machines and cannot ask who you are"
NO_STORE = "The label store cannot be opened (the dashboard's log says why)"


def why_shut() -> str | None:
    """Return the beginning of a sentence that says why nothing may be shown; None if all may."""
    is_private = listens_privately(listening_address(), os.environ)
    if not (is_private and _comes_from_here(request_headers())):
        return REACHED
    return why_store_shut()


def why_store_shut() -> str | None:
    """Return as `why_shut` what the label store says, whoever asks."""
    try:
        with open_store() as store:
            return PEOPLE if store is not None and store.people.has_users() else None
    except StoreError as error:
        log.warning("%s", error)
        return NO_STORE


def make_while_open(make: Callable[[], str]) -> Callable[[], str]:
    """Return a function that makes a download, or one sentence when people were added meanwhile.

    A page that lies open keeps its buttons. Call it while the page is made.
    """
    if why_shut():  # then there is nothing on the page that not everybody may have
        return make

    def make_still() -> str:
        reason = why_store_shut()
        return f"{reason}, so nothing is handed out here any more.\n" if reason else make()

    return make_still


def listening_address() -> str:
    """Return what the dashboard listens on; empty is everything."""
    return st.get_option("server.address") or ""


def request_headers() -> Mapping[str, str]:
    """Return the headers that the visitor's browser, and whoever stands between, has sent."""
    return dict(st.context.headers)


def _comes_from_here(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser asks for this machine by its own name, without a proxy.

    Another site can make its own name point here (DNS rebinding). No headers are no browser's.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    hosts = [_host_of(f"//{sent.get('host', '')}"), _host_of(sent.get("origin", "//localhost"))]
    return not is_forwarded(sent) and all(map(is_loopback, hosts))


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def name_labeler(words: str = "the labelling app") -> str:
    """Return these words, as a link where it is known where the labelling app is."""
    url = labeler_url()
    return f"[{words}]({url})" if url else words
