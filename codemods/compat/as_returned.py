"""What an endpoint returns, answered as any other endpoint's value, whatever the documentation says of it.

Preserves: APIFlask's `output(FileSchema(...))`: nothing is dumped, and the decorator's status counts unless the
endpoint returns one of its own.

To live without it: `FileResponse` and `Response` objects, with `response_class` of the route.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Response

from .dumped import around
from .returned import make_response


def as_returned(status: int = 200) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return a file or other content, maybe with a status, headers, or both behind it."""

    def answer(value: Any, **_: Any) -> Response:
        if isinstance(value, Response):
            return value
        body, *rest = value if isinstance(value, tuple) else (value,)
        if not rest:
            return make_response((body, status))
        if len(rest) == 1 and not isinstance(rest[0], int):
            return make_response((body, status, rest[0]))
        return make_response((body, *rest[:2]))

    return around(answer)
