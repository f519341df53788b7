"""Werkzeug's errors and responses, where Flask code below a bridged route raises or returns them.

Preserves: `abort(...)`, the exceptions of Werkzeug and their subclasses, and `Response` objects from modules that are
still Flask's. They are known by their modules and attributes; nothing is imported.

To live without it: raise Starlette's `HTTPException` and return Starlette's responses in those modules too.
"""

from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

from . import responses
from .http_errors import HTTPError
from .http_statuses import STANDARD, BadRequestKeyError
from .lifecycle import is_of_werkzeug


def is_foreign(error: BaseException) -> bool:
    """Whether an exception is one of Werkzeug's HTTP exceptions."""
    return is_of_werkzeug(type(error))


def from_foreign(error: Any) -> HTTPError:
    """Our error of the same kind, status, description, attributes and answer, with the original as its cause."""
    twin = next((TWINS[one] for one in type(error).__mro__ if one in TWINS), None)
    if twin is not None:
        return as_twin(error, twin)
    kind = next((OURS[one.__name__] for one in type(error).__mro__ if is_werkzeugs(one)), HTTPError)
    translated = BadRequestKeyError(*error.args) if kind is BadRequestKeyError else kind(description=error.description)
    translated.__dict__.update(vars(error))
    translated.status_code, translated.description = error.code or 0, error.description
    translated.response = response_from_foreign(error.get_response())
    known = {name for name, _ in translated.get_headers()}
    translated.headers = {name: value for name, value in error.get_headers() if name not in known} or None
    translated.__cause__ = error
    return translated


TWINS: dict[type, type[HTTPError]] = {}


def stand_for(theirs: type, ours: type[HTTPError]) -> None:
    """Have a class of the application's own stand for the one that its Flask modules raise."""
    TWINS[theirs] = ours


def as_twin(error: Any, ours: type[HTTPError]) -> HTTPError:
    """An error of our class with all that was kept in one of its twin, which is its cause."""
    translated = ours.__new__(ours, *error.args)
    translated.headers = None
    translated.__dict__.update(vars(error))
    if error.code != translated.code:
        translated.code = error.code
    response = vars(error).get("response")
    translated.response = None if response is None else response_from_foreign(response)
    translated.__cause__ = error
    return translated


OURS: dict[str, type[HTTPError]] = {kind.__name__: kind for kind in STANDARD.values()}
OURS["BadRequestKeyError"] = BadRequestKeyError


def is_werkzeugs(kind: type) -> bool:
    """Whether a class is one of Werkzeug's that has a counterpart here."""
    return kind.__module__.startswith("werkzeug.") and kind.__name__ in OURS


def make_response(value: Any) -> Response:
    """`compat.responses.make_response`, for a value that may be, or hold, a response or error of Flask's."""
    if is_foreign(value):
        value = value.get_response()
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
