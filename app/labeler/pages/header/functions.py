"""What the header asks the server: who looks at it."""

from collections.abc import Callable
from typing import Any

from app.labeler.calls import Data, Visitor, page_calls


def make_header_functions() -> list[Callable[..., Any]]:
    """Return the functions of the header; see `page_calls`."""

    def who(_data: Data, visitor: Visitor) -> Data:
        return {"name": "" if visitor.alone else visitor.name, "role": visitor.role.value}

    return page_calls(who)
