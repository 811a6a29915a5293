"""Whether the dashboard may show what is people's own and take something in.

Where people have accounts, one door leads to both apps: the session of the labelling app, which a
browser shows here too, says who looks, and her role what she sees. Without accounts it may on a
machine that one person has for herself. Asked at each use: people may be added meanwhile.
"""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import streamlit as st

from app.dashboard.chosen.shared_store import open_store
from app.dashboard.shown.links import labeler_url
from app.privacy import SESSION_COOKIE, is_forwarded, is_loopback, listens_privately
from lpr_core.labels import Role, StoreError

log = logging.getLogger("lpr.dashboard")

PEOPLE = "People have accounts, and this browser is not signed in to the labelling app"
ROLE = "What people have labelled and brought is for reviewers and admins"
REACHED = "This dashboard can be reached from other machines and cannot ask who you are"
NO_STORE = "The label store cannot be opened (the dashboard's log says why)"


def why_shut() -> str | None:
    """Return the beginning of a sentence that says why nothing may be shown; None if all may."""
    visit = ask_store(session_secret())
    if visit.has_people:
        return visit.reason
    is_private = listens_privately(listening_address(), os.environ)
    if not (is_private and _comes_from_here(request_headers())):
        return REACHED
    return visit.reason


@dataclass(frozen=True)
class Visit:
    """What the label store says of a visitor.

    Attributes:
        has_people: There are accounts.
        reason: As `why_shut`.
        name: Of her account; empty for nobody and for one who may not.
    """

    has_people: bool
    reason: str | None = None
    name: str = ""


def ask_store(secret: str) -> Visit:
    """Return who shows a session's secret, and whether she may see what is people's own."""
    try:
        with open_store() as store:
            if store is None or not store.people.has_users():
                return Visit(has_people=False)
            user = store.people.user_of_session(secret) if secret else None
    except StoreError as error:
        log.warning("%s", error)
        return Visit(False, NO_STORE)
    if user is None:
        return Visit(True, PEOPLE)
    if not user.role.includes(Role.REVIEWER):
        return Visit(True, ROLE)
    return Visit(True, name=user.name)


def is_alone() -> bool:
    """Tell whether one person has this machine for herself, so may name any folder of it."""
    return why_shut() is None and not ask_store("").has_people


def visitor_name() -> str:
    """Return the name of the account that looks; empty where nobody signs in."""
    return ask_store(session_secret()).name


def session_secret() -> str:
    """Return what the visitor's browser has of a session of the labelling app."""
    headers = {name.lower(): value for name, value in request_headers().items()}
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def make_while_open(make: Callable[[], str]) -> Callable[[], str]:
    """Return a function that makes a download, or one sentence when people were added meanwhile.

    A page that lies open keeps its buttons. Call it while the page is made.
    """
    if why_shut():  # then there is nothing on the page that not everybody may have
        return make

    secret = session_secret()

    def make_still() -> str:
        reason = ask_store(secret).reason
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
