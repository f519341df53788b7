"""Answers of hooks that may have none.

Preserves: a `before_request` function answers the request by returning anything but None.

To live without it: raise `Answer` in the hook where it answers, and return nothing elsewhere.
"""

from typing import Any

from .lifecycle import Answer
from .returned import make_response


def answer_unless_none(value: Any) -> None:
    """Answer the request with what a hook returned; let it go on for None. Raises `Answer`."""
    if value is not None:
        raise Answer(make_response(value))
