"""Errors of an API that are answered as JSON, with a message and details.

Preserves: APIFlask's `HTTPError`, its subclasses with attributes of their own, and `abort`; what it makes of any other
HTTP error, and of input that a schema refuses.

To live without it: raise FastAPI's `HTTPException` with a dictionary as its detail.
"""

from collections.abc import Mapping
from http.client import responses
from typing import Any, NoReturn

from .http_errors import NAMES, HTTPError
from .http_statuses import STANDARD


class APIError(Exception):
    """An error that is answered as JSON. A class of your own states its attributes, or is given other ones.

    Raises `LookupError` for a status that stands for no error.
    """

    status_code: int = 500
    message: str | None = None
    detail: Any = {}  # noqa: RUF012  # a subclass states its own
    headers: Any = {}  # noqa: RUF012
    extra_data: Mapping[str, Any] = {}

    def __init__(
        self,
        status_code: int | None = None,
        message: str | None = None,
        detail: Any = None,
        headers: Any = None,
        extra_data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if status_code is not None:
            if status_code not in STANDARD:
                raise LookupError(
                    f'No exception for status code {status_code!r}, valid error status code are "4XX" and "5XX".'
                )
            self.status_code = status_code
        given = {"message": message, "detail": detail, "headers": headers, "extra_data": extra_data}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        if self.message is None:
            self.message = NAMES.get(self.status_code) or responses.get(self.status_code, "Unknown error")

    def __str__(self) -> str:
        return f"<status_code={self.status_code}, message={self.message}>"

    @classmethod
    def like(cls, error: HTTPError) -> "APIError":
        """Any other HTTP error as one of these: with its name and headers, without its page."""
        headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
        return APIError(error.status_code, error.name, headers=headers)


class InvalidInputError(APIError):
    """A part of the request that its schema refuses, with the messages under the part's name."""

    def __init__(self, location: str, messages: Any, *, status: int = 422, message: str = "Validation error") -> None:
        super().__init__(status, message, {location: messages})


def abort(
    status_code: int,
    message: str | None = None,
    detail: Any = None,
    headers: Any = None,
    extra_data: Mapping[str, Any] | None = None,
) -> NoReturn:
    """Raise the error, where an expression does; a statement is `raise APIError(...)`."""
    raise APIError(status_code, message, detail, headers, extra_data)
