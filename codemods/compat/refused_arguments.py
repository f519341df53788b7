"""What APIFairy raises for arguments that a schema refuses: no HTTP error, so handlers of statuses do not see it.

Preserves: its status (400 unless the endpoint asks for another), and messages by the place where they were sent.

To live without it: FastAPI's `RequestValidationError`, and a handler that words it.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from .schema_errors import InvalidError


class RefusedArguments(Exception):  # noqa: N818  (the name that its handler shows)
    """Arguments that a schema refused: the status to answer with, and what is wrong by place and field."""

    def __init__(self, status_code: int, messages: Any) -> None:
        super().__init__(status_code, messages)
        self.status_code, self.messages = status_code, messages


def refuse_arguments(
    request: Request, error: InvalidError, status: int | None, headers: Mapping[str, str] | None
) -> None:
    """Raise `RefusedArguments`."""
    raise RefusedArguments(status or 400, error.messages)
