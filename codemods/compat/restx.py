"""Errors as an `Api` of Flask-RESTX answers them.

Preserves: every error below an `Api` as `{"message": ...}`, with what `abort` was given, an unhandled exception
included; what a 404 says of rules that look like the path; what is wrong with a mask.

To live without it: raise FastAPI's `HTTPException`, and let clients read `detail` where they read `message`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from fastapi import Request, Response

from . import restful
from .http_errors import HTTPError
from .http_statuses import InternalServerError
from .masks import MaskError, MaskParseError
from .request_info import path
from .restful import APIResponse

Handle = Callable[[Request, Any], Any]
VARIABLES = re.compile("(<.*>)")
CHALLENGE = 'Basic realm="flask-restx"'


def api_error(code: int = 500, message: Any = None, **data: Any) -> Exception:
    """The error of a status whose body is this message and data; raises `LookupError` for one that has no class."""
    return restful.api_error(code, **data, **({"message": str(message)} if message else {}))


def abort(code: int = 500, message: Any = None, **data: Any) -> NoReturn:
    """Raise the error, where an expression does; a statement is `raise api_error(...)`."""
    raise api_error(code, message, **data)


class ResourceErrors:
    """The answer of an `Api` to an error.

    A 404 names those of the `rules` that are like the path. With `challenge` a 401 asks for credentials. The `handlers`
    give `(data, status, headers)` or less for errors of some classes, `default` for all that are no HTTP errors. What
    is `handled` it answers also where unhandled exceptions are the server's. What a handler raises takes the place of
    the error, for which the application's own handlers are asked then.
    """

    hands_failures_on = True

    def __init__(
        self,
        rules: Iterable[str] = (),
        challenge: bool = False,
        handlers: Mapping[type[Exception], Handle] | None = None,
        default: Handle | None = None,
    ) -> None:
        self.rules = {VARIABLES.sub("", one): one for one in rules}
        self.challenge = challenge
        self.handlers = handlers or {}
        self.default = default
        self.handled = (MaskError, *self.handlers)

    def __call__(self, request: Request, error: Exception, shown: HTTPError | None) -> Response:
        """The response for an error; `shown` is what it is among ours, where it is an HTTP error."""
        if isinstance(error, MaskError):
            kind = "Mask parse error" if isinstance(error, MaskParseError) else "Mask error"
            return APIResponse({"message": f"{kind}: {error}"}, 400)
        named = error if isinstance(error, HTTPError) or shown is None else shown
        others = self.default if shown is None else None
        handle = next((one for kind, one in self.handlers.items() if isinstance(named, kind)), others)
        page: Iterable[tuple[str, Any]]
        if handle is not None:
            own, status, headers = unpacked(handle(request, named))
            own["message"] = own.get("message", str(named))
            page = headers.items()
        else:
            message = InternalServerError().name if shown is None else shown.description or shown.name
            own, status = {"message": message}, 500 if shown is None else shown.status_code
            page = [] if shown is None else shown.get_response().headers.items()
        data = getattr(named, "data", own)
        if status >= 500:
            logger = request.scope["compat.lifecycle"].logger
            logger.error("Exception on %s [%s]", request.scope["path"], request.method, exc_info=error)
        elif status == 404 and self.rules:
            data["message"] = self.help(path(request), data.get("message"))
        kept = [(name, value) for name, value in page if name.title() not in restful.DROPPED]
        response = APIResponse(data, status, kept)
        if status == 401 and self.challenge:
            response.headers["WWW-Authenticate"] = CHALLENGE
        return response

    def help(self, asked: str, message: str | None) -> str | None:
        """The message, and the rules that are like the path."""
        close = get_close_matches(asked, self.rules)
        if not close:
            return message
        start = f"{message.rstrip('.')}. " if message else ""
        meant = " or ".join(self.rules[one] for one in close)
        return f"{start}You have requested this URI [{asked}] but did you mean {meant} ?"


def unpacked(value: Any, default: int = 500) -> tuple[Any, Any, Any]:
    """What a handler gives as data, status and headers; raises `ValueError` for more than that."""
    if not isinstance(value, tuple):
        return value, default, {}
    match value:
        case (data,):
            return data, default, {}
        case (data, status):
            return data, status, {}
        case (data, status, headers):
            return data, status or default, headers
    raise ValueError("Too many response values")
