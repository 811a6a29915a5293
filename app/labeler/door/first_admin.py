"""The door of the labelling app while nobody has an account: who owns it, and who may become that.

On this machine alone, whoever asks is the owner. Everybody else needs the set-up code.
"""

import secrets
import threading
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from app.privacy import is_forwarded
from lpr_core.labels.people import People


class SetupCode:
    """What the first admin has to know who does not come from this machine; the log says it.

    Attributes:
        text: As it is typed.
    """

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(12)
        self._lock = threading.Lock()
        self._is_said = False

    def fits(self, typed: str) -> bool:
        """Compare in a time that tells nothing."""
        return secrets.compare_digest(typed.encode(), self.text.encode())

    def say(self) -> None:
        """Print it, once."""
        with self._lock:
            if not self._is_said:
                print(
                    f"Nobody can sign in yet. The set-up code of the first admin is {self.text}",
                    flush=True,
                )
            self._is_said = True


@dataclass(frozen=True)
class Door:
    """What the guard and the routes of the door share.

    Attributes:
        people: The store's people.
        is_private: The app listens for this machine alone; see `privacy.listens_privately`.
        setup_code: There always is one, for a proxy may be put in front at any time.
    """

    people: People
    is_private: bool
    setup_code: SetupCode = field(default_factory=SetupCode)

    def is_owner(self, connection: HTTPConnection) -> bool:
        """Tell whether a request is one of this machine, not one that a proxy hands on.

        nginx as it comes adds no header, but asks in HTTP/1.0, as no browser does.
        """
        is_old = connection.scope.get("http_version") == "1.0"
        return self.is_private and not is_old and not is_forwarded(connection.headers.keys())

    def say_code(self) -> None:
        """Say the set-up code where everybody needs it from the start."""
        if not self.is_private and not self.people.has_users():
            self.setup_code.say()

    def make_first_admin(
        self, connection: HTTPConnection, name: str, password: str, code: str
    ) -> None:
        """Make the first person, once.

        Raises:
            ValueError: There is one, the code is wrong, or name or password are not admitted.
        """
        if not self.is_owner(connection) and not self.setup_code.fits(code):
            raise ValueError("That is not the set-up code; the app's log says it.")
        self.people.add_first_admin(name, password)
