"""Messages for the next page.

Preserves: `flash` and `get_flashed_messages`, in the session under Flask's key.

To live without it: keep the messages in the session under a key of your own.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import Request

SESSION_KEY = "_flashes"
SCOPE_KEY = "compat.flashes"


def flash(request: Request, message: str, category: str = "message") -> None:
    """Keep a message for whoever reads the messages next."""
    request.session[SESSION_KEY] = [*request.session.get(SESSION_KEY, []), (category, message)]


def get_flashed_messages(
    request: Request, with_categories: bool = False, category_filter: Iterable[str] = ()
) -> list[Any]:
    """The messages, once; asked again in the same request, the same ones. With categories, pairs of both."""
    if SCOPE_KEY not in request.scope:
        session = request.session
        request.scope[SCOPE_KEY] = session.pop(SESSION_KEY) if SESSION_KEY in session else []
    wanted = list(category_filter)
    found = [pair for pair in request.scope[SCOPE_KEY] if not wanted or pair[0] in wanted]
    return found if with_categories else [message for _, message in found]
