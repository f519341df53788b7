"""What an endpoint returns, dumped by a schema and answered as JSON.

Preserves: APIFlask's `output`: the status of the decorator unless the endpoint returns one of its own, headers beside
the value, response objects as they are.

To live without it: return the model from the endpoint, and declare it as `response_model` of the route.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Response

from .responses import FlaskJSONResponse, make_response


def dumped_by(dump: Callable[[Any], Any] | None = None, status: int = 200) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return what `dump` takes, maybe with a status, headers, or both behind it.

    Without `dump` the value is answered as it is.
    """

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def answer(*args: Any, **kwargs: Any) -> Response:
            return answer_with(endpoint(*args, **kwargs), dump, status)

        @wraps(endpoint)
        async def answer_async(*args: Any, **kwargs: Any) -> Response:
            return answer_with(await endpoint(*args, **kwargs), dump, status)

        return answer_async if iscoroutinefunction(endpoint) else answer

    return decorate


def answer_with(value: Any, dump: Callable[[Any], Any] | None, status: int) -> Response:
    """The answer for what an endpoint returned."""
    if isinstance(value, Response):
        return value
    body, *rest = value if isinstance(value, tuple) else (value,)
    response = FlaskJSONResponse(dump(body) if dump is not None else body)
    if not rest:
        return make_response(response, status)
    if len(rest) == 1:
        return make_response(response, rest[0]) if isinstance(rest[0], int) else make_response(response, status, *rest)
    return make_response(response, rest[0], rest[1])
