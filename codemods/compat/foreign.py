"""Werkzeug's errors and responses, where Flask code below a bridged route raises or returns them.

Preserves: `abort(...)`, the exceptions of Werkzeug and their subclasses, and `Response` objects from modules that are
still Flask's. They are known by their attributes; nothing is imported.

To live without it: raise Starlette's `HTTPException` and return Starlette's responses in those modules too.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from . import responses


def is_foreign(error: BaseException) -> bool:
    """Whether an exception is one of Werkzeug's HTTP exceptions."""
    return hasattr(error, "get_response") and hasattr(error, "code") and hasattr(error, "get_description")


def from_foreign(error: Any) -> HTTPException:
    """Starlette's exception of the same status, description and headers, with the original as its cause."""
    response = error.get_response()
    headers = {key: value for key, value in response.headers.items() if key not in ("Content-Type", "Content-Length")}
    translated = HTTPException(error.code, error.description, headers or None)
    if (arguments := error.args) and isinstance(error, KeyError):
        translated.args = arguments
    translated.__cause__ = error
    return translated


def kinds_of(error: BaseException) -> Sequence[type]:
    """The classes by which a handler of a foreign error may be registered: its own, then Starlette's."""
    own = [kind for kind in type(error).__mro__ if kind not in Exception.__mro__]
    return [*own, *HTTPException.__mro__]


def make_response(value: Any) -> Response:
    """`compat.responses.make_response`, for a value that may be, or hold, a response of Flask's."""
    if isinstance(value, tuple) and value and hasattr(value[0], "iter_encoded"):
        value = (response_from_foreign(value[0]), *value[1:])
    elif hasattr(value, "iter_encoded"):
        value = response_from_foreign(value)
    return responses.make_response(value)


def response_from_foreign(response: Any) -> Response:
    """Starlette's response of the same status, headers and body; a stream stays one."""
    if response.is_sequence and not response.direct_passthrough:
        answer = Response(response.get_data(), response.status_code)
    else:
        answer = StreamingResponse(response.iter_encoded(), response.status_code)
        response.direct_passthrough = False
    names = {key.lower() for key, _ in response.headers}
    kept = [header for header in answer.raw_headers if header[0].decode() not in names]
    fresh = [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in response.headers]
    answer.raw_headers[:] = kept + fresh
    return answer
