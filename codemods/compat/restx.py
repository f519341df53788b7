"""Errors as an `Api` of Flask-RESTX answers them.

Preserves: every error below an `Api` as `{"message": ...}`, with what `abort` was given, an unhandled exception
included; what a 404 says of rules that look like the path; what is wrong with a mask.

To live without it: raise FastAPI's `HTTPException`, and let clients read `detail` where they read `message`.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from fastapi import Request, Response

from . import restful
from .http_errors import HTTPError
from .http_statuses import InternalServerError
from .masks import MaskError, MaskParseError
from .request_info import path
from .restful import APIResponse

VARIABLES = re.compile("(<.*>)")
CHALLENGE = 'Basic realm="flask-restx"'


def api_error(code: int = 500, message: Any = None, **data: Any) -> Exception:
    """The error of a status whose body is this message and data; raises `LookupError` for one that has no class."""
    return restful.api_error(code, **data, **({"message": str(message)} if message else {}))


class ResourceErrors:
    """The answer of an `Api` to an error.

    A 404 names those of the `rules` that are like the path. With `challenge` a 401 asks for credentials. What is
    `handled` it answers also where unhandled exceptions are the server's.
    """

    handled = (MaskError,)

    def __init__(self, rules: Iterable[str] = (), challenge: bool = False) -> None:
        self.rules = {VARIABLES.sub("", one): one for one in rules}
        self.challenge = challenge

    def __call__(self, request: Request, error: Exception, shown: HTTPError | None) -> Response:
        """The response for an error; `shown` is what it is among ours, where it is an HTTP error."""
        if isinstance(error, MaskError):
            kind = "Mask parse error" if isinstance(error, MaskParseError) else "Mask error"
            return APIResponse({"message": f"{kind}: {error}"}, 400)
        page = [] if shown is None else shown.get_response().headers.items()
        status = 500 if shown is None else shown.status_code
        message = InternalServerError().name if shown is None else shown.description or shown.name
        named = error if hasattr(error, "get_response") or shown is None else shown
        data = getattr(named, "data", {"message": message})
        if status >= 500:
            logger = request.scope["compat.lifecycle"].logger
            logger.error("Exception on %s [%s]", request.scope["path"], request.method, exc_info=error)
        elif status == 404 and self.rules:
            data["message"] = self.help(path(request), data.get("message"))
        headers = [(name, value) for name, value in page if name.title() not in restful.DROPPED]
        response = APIResponse(data, status, headers)
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
