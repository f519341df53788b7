"""Responses to what views, hooks and handlers return, where the application handles errors of Python's own classes.

Preserves: Flask looks at what was returned once it is through with the handlers. For `None`, or another value that is
no response, it answers 500: handlers of 500 and of `Exception` are given that error, and none the `TypeError`.

To live without it: return a response on every path, by `compat.responses.make_response`.
"""

from typing import Any

from fastapi import Response

from . import responses
from .lifecycle import NoResponseError


def make_response(value: Any) -> Response:
    """The response to what was returned; raises `NoResponseError` for what Flask does not take."""
    try:
        return responses.make_response(value)
    except Exception as error:
        raise NoResponseError(error) from error
