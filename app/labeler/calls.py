"""How a page's script calls the server: one JSON object there, one JSON object back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.faults import unforeseen
from app.labeler.door.sign_in import NotAllowedError, require_role
from lpr_core.labels import LabelStore, LeaseError, Role, StoreError

log = logging.getLogger(__name__)

Data = dict[str, Any]
NAMELESS = "me"
"""What the one person of a private installation is called who has typed no name."""


@dataclass(frozen=True)
class Visitor:
    """Who calls.

    Attributes:
        name: Of the account; without accounts the name that she has typed, empty when none.
        role: What she may do.
        user_id: Of the account; 0 without accounts.
    """

    name: str
    role: Role
    user_id: int

    @property
    def alone(self) -> bool:
        """There are no accounts: one person, all rights."""
        return not self.user_id

    @property
    def sees_all(self) -> bool:
        """She judges what others have said; see `LabelStore.seen_by`."""
        return self.role.includes(Role.REVIEWER)

    @property
    def worker(self) -> str:
        """Her name where work needs one."""
        return self.name or NAMELESS


Function = Callable[[Data, Visitor], Data]


def page_calls(*functions: Function, role: Role = Role.ANNOTATOR) -> list[Callable[..., Any]]:
    """Return functions as `gr.HTML` takes them: open to a role, with problems as sentences.

    An answer is what the function returned or `{"error": sentence}`, with `lost` where the plate
    belongs to somebody else by now, and `again` where the same call may work later.
    """
    return [_page_call(function, role) for function in functions]


def project_choices(store: LabelStore) -> list[tuple[str, int]]:
    """Return (name, id) of every project, the default one first."""
    return [(project.name, project.project_id) for project in store.projects.list()]


def _page_call(function: Function, role: Role) -> Callable[..., Any]:
    def call(data: Data, request: gr.Request) -> Data:
        try:
            return function(data, _visitor(data, request, role))
        except LeaseError as error:
            return {"error": str(error), "lost": True}
        except StoreError as error:
            return {"error": str(error), "again": True}
        except (ValueError, NotAllowedError) as error:
            return {"error": str(error)}
        except unforeseen():
            log.exception("%s failed", function.__name__)
            return {"error": "Something went wrong here; the app's log says what."}

    call.__name__ = function.__name__
    return call


def _visitor(data: Data, request: gr.Request, role: Role) -> Visitor:
    user = require_role(request, role)
    typed = str(data.get("author", "")).strip()[:80]
    return Visitor(user.name or typed, user.role, user.user_id)
