"""What APIFlask raises for input that a schema refuses, where a dependency loads it.

Preserves: its status, its message, and what is wrong by the part of the request.

To live without it: FastAPI's `RequestValidationError`, and a handler that words it.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn

from fastapi import Request

from .api_errors import InvalidInputError
from .schema_errors import InvalidError


def refusing_input(*, status: int = 422, message: str = "Validation error") -> Callable[..., NoReturn]:
    """What raises `InvalidInputError` with this status and message."""

    def refuse(request: Request, error: InvalidError, *_: int | Mapping[str, str] | None) -> NoReturn:
        ((place, said),) = error.messages.items()
        raise InvalidInputError(place, said, status=status, message=message)

    return refuse


refuse_input = refusing_input()
