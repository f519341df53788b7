"""HTTP errors with details for the client, told where they are raised.

Preserves: flask-smorest's `abort(status, message=..., errors=..., headers=...)`, and what its answer says of them.

To live without it: raise FastAPI's `HTTPException` with a dictionary as its detail.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from fastapi import Response

from .aborting import error_for
from .http_errors import HTTPError


def error_with(status: int | Response, exc: Exception | None = None, **data: Any) -> Exception:
    """The error of a status, with details; raises `LookupError` for a status that has no class."""
    error = error_for(status)
    error.__dict__.update(data=data, exc=exc)
    return error


def abort(status: int | Response, exc: Exception | None = None, **data: Any) -> NoReturn:
    """Raise the error, where an expression does; a statement is `raise error_with(...)`."""
    raise error_with(status, exc, **data)


def data_of(error: HTTPError) -> Mapping[str, Any]:
    """What was said where the error was raised."""
    return getattr(error, "data", None) or {}


def details(error: HTTPError) -> dict[str, Any]:
    """The details for the client: the message and the errors, which are messages where input was refused."""
    data = data_of(error)
    found = {"message": data["message"]} if "message" in data else {}
    if "errors" in data or "messages" in data:
        found["errors"] = data["errors"] if "errors" in data else data["messages"]
    return found


def headers_of(error: HTTPError) -> Any:
    """The headers that the answer has to have, or None."""
    return data_of(error).get("headers")
