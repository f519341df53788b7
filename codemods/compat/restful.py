"""Answers and errors as Flask-RESTful gives them.

Preserves: what a method of a `Resource` returns as JSON, `(data, status, headers)` taken apart, keys in their order and
a newline at the end; `abort(status, message=...)` with what it says as the body; every error below an `Api` as
`{"message": ...}`, an unhandled exception included, with the table `errors` of the `Api`.

To live without it: return plain dicts and models, raise FastAPI's `HTTPException`, and let clients read `detail` where
they read `message`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from fastapi import Request, Response

from .aborting import error_for
from .http_errors import HTTPError
from .http_statuses import InternalServerError
from .responses import HeaderValues, status_code, update_headers

DROPPED = ("Content-Length", "Content-Type")
"""Headers of an error's page that its JSON has not."""

CHALLENGE = 'Basic realm="flask-restful"'


class APIResponse(Response):
    """Data as JSON, with what `json.dumps` is told; raises `TypeError` for what it does not take, dates and decimals
    among it."""

    media_type = "application/json"

    def __init__(
        self, data: Any = None, status: int | str | None = None, headers: HeaderValues | None = None, **options: Any
    ) -> None:
        super().__init__(json.dumps(data, **options) + "\n")
        self.status_code = 200 if status is None else status_code(status)
        if headers:
            update_headers(self.headers, headers, keep_repeated=True)
            self.headers["Content-Type"] = self.media_type


def api_response(value: Any) -> Response:
    """The response for whatever a method returns: a response as it is, `(data, status[, headers])`, or data."""
    if isinstance(value, Response):
        return value
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], Mapping | list | tuple):
        return APIResponse(value[0], headers=value[1])
    if isinstance(value, tuple) and len(value) in (2, 3):
        return APIResponse(*value)
    return APIResponse(value)


def api_error(status: int, /, **data: Any) -> Exception:
    """The error of a status whose body is this data; raises `LookupError` for a status that has no class."""
    error = error_for(status)
    if data:
        vars(error)["data"] = data
    return error


def abort(status: int, /, **data: Any) -> NoReturn:
    """Raise the error, where an expression does; a statement is `raise api_error(...)`."""
    raise api_error(status, **data)


class APIErrors:
    """The answer of an `Api` to an error.

    `errors` has, by the name of a class, what is added to the body and, as `status`, the status that it gets instead.
    With `challenge` a 401 asks for credentials. `representations` makes the response, if it is not JSON as usual.
    """

    def __init__(
        self,
        errors: Mapping[str, Mapping[str, Any]] | None = None,
        challenge: bool = False,
        representations: Callable[..., Response] | None = None,
    ) -> None:
        self.errors = errors or {}
        self.challenge = challenge
        self.representations = representations

    def __call__(self, request: Request, error: Exception, shown: HTTPError | None) -> Response:
        """The response for an error; `shown` is what it is among ours, where it is an HTTP error."""
        if shown is not None and getattr(error, "response", None) is not None:
            return shown.get_response()
        status = 500 if shown is None else shown.status_code
        message = InternalServerError().name if shown is None else shown.description
        named = error if hasattr(error, "get_response") or shown is None else shown
        data = getattr(named, "data", {"message": message})
        if status >= 500:
            logger = request.scope["compat.lifecycle"].logger
            logger.error("Exception on %s [%s]", request.scope["path"], request.method, exc_info=error)
        if (own := self.errors.get(getattr(named, "known_as", type(named).__name__))) is not None:
            status, data = own.get("status", 500), {**data, **own}
        page = [] if shown is None else shown.get_response().headers.items()
        headers = [(name, value) for name, value in page if name.title() not in DROPPED]
        if self.representations is None:
            response: Response = APIResponse(data, status or None, headers)
        else:
            response = self.representations(request, data, status, dict(headers))
        if status == 401 and self.challenge:
            response.headers["WWW-Authenticate"] = CHALLENGE
        return response
