"""Error handlers whose answers are written by fields.

Preserves: Flask-RESTX's `marshal_with` below an `errorhandler`: the mask of the header `X-Fields`, and 200 for the
status of an answer that names none within a tuple.

To live without it: return what clients are to see of the error.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from fastapi import Request

from .restx import Handle, unpacked
from .restx_fields import HEADER, Fields, marshal


def marshalled_error(
    fields: type[Fields],
    envelope: str | None = None,
    skip_none: bool = False,
    mask: str | None = None,
    header: str = HEADER,
) -> Callable[[Handle], Handle]:
    """A decorator of handlers that return an object, or several, maybe with a status and headers behind it."""

    def decorate(handle: Handle) -> Handle:
        @wraps(handle)
        def wrapper(request: Request, error: Any) -> Any:
            value = handle(request, error)
            data, *rest = unpacked(value, 200) if isinstance(value, tuple) else (value,)
            shown = marshal(data, fields, envelope, skip_none, request.headers.get(header) or mask, request=request)
            return (shown, *rest) if rest else shown

        return wrapper

    return decorate
