"""What an endpoint returns as JSON, dumped by what its status asks for.

Preserves: flask-apispec's `marshal_with` and `MethodResource`: whatever is returned is JSON, also text and None;
`(value, status)`, `(value, headers)` and `(value, status, headers)` are taken apart; response objects stay as they are.

To live without it: return one kind of answer from the endpoint, and declare its model as `response_model` of the route.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Response
from starlette.datastructures import Headers

from .responses import FlaskJSONResponse, make_response

Dump = Callable[[Any], Any]


def json_by_status(value: Any, dumps: Mapping[Any, Dump | None] | None = None) -> Response:
    """The response for a value: `dumps` has what dumps it by status, and under None for any other status.

    Raises `TypeError` for a status whose answers nothing can dump (None).
    """
    if isinstance(value, Response):
        return value
    body, status, headers = unpacked(value)
    chosen = status if status in (dumps or {}) else None
    if dumps and chosen in dumps:
        dump = dumps[chosen]
        if dump is None:
            raise TypeError(f"The answer with the status {status} has no schema.")
        body = dump(body)
    return make_response(FlaskJSONResponse(body), status or None, headers or None)


def unpacked(value: Any) -> tuple[Any, Any, Any]:
    """What an endpoint returned as body, status and headers; of a tuple of another length the first is the body."""
    match value if isinstance(value, tuple) else (value,):
        case (body, status, headers):
            return body, status, headers
        case (body, dict() | tuple() | list() | Headers() as headers):
            return body, 200, headers
        case (body, status):
            return body, status, None
        case (body, *_):
            return body, 200, None
    raise IndexError("An empty tuple is no answer.")
