"""Who works here: users with roles, their passwords, sessions and tokens."""

from lpr_core.labels.people.people import People, SignInError
from lpr_core.labels.people.sessions import Session

__all__ = ["People", "Session", "SignInError"]
