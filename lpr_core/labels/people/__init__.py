"""Who works here: users with roles, their passwords, sessions and tokens."""

from lpr_core.labels.people.people import People, SignInError

__all__ = ["People", "SignInError"]
