"""The body of a response that is made already, and what happens when it is sent.

Preserves: `response.get_data()`, which reads a stream to its end, `response.set_data(...)`, `response.get_json()`,
`response.is_streamed`, `response.direct_passthrough` and `response.call_on_close(...)`.

To live without it: change the value before the response is made of it; `response.background` for what comes after.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTasks

from .http_errors import ErrorPage
from .responses import Stream, chunks, encoded

F = TypeVar("F", bound=Callable[[], Any])


def is_streamed(response: Response) -> bool:
    """`response.is_streamed`: whether the body is made while it is sent; Flask says so of an error's page too."""
    return isinstance(response, ErrorPage) or not is_whole(response)


def is_whole(response: Response) -> bool:
    """Whether the body is there already."""
    return not isinstance(response, StreamingResponse) or hasattr(response, "body")


def is_passthrough(response: Response) -> bool:
    """`response.direct_passthrough`: whether the body is a file, which is handed to the server as it is."""
    return bool(getattr(response, "direct_passthrough", False))


def set_passthrough(response: Response, value: bool) -> None:
    """`response.direct_passthrough = value`: a file whose body is read, or changed, is none any more."""
    response.direct_passthrough = value  # type: ignore[attr-defined]  # `read_body` asks for it


def read_body(response: Response) -> bytes:
    """`response.get_data()`; raises `RuntimeError` for a file, which is handed to the server as it is."""
    if not is_whole(response):
        if not isinstance(response, Stream) or response.direct_passthrough:
            raise RuntimeError("Attempted implicit sequence conversion but the response object is in passthrough mode.")
        set_body(response, b"".join(map(encoded, response.iterable)))
    return bytes(response.body)


def set_body(response: Response, content: str | bytes) -> None:
    """`response.set_data(content)`."""
    response.body = encoded(content)
    response.headers["Content-Length"] = str(len(response.body))
    if isinstance(response, StreamingResponse):
        response.body_iterator = chunks([response.body])


def has_json(response: Response) -> bool:
    """`response.is_json`."""
    kind = mimetype_of(response) or ""
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def mimetype_of(response: Response) -> str | None:
    """`response.mimetype`: the content type without its parameters."""
    content_type = response.headers.get("Content-Type")
    return content_type.partition(";")[0].strip() if content_type else None


def read_json(response: Response, force: bool = False, silent: bool = False) -> Any:
    """`response.get_json()`: None for another type than JSON; raises `ValueError` for what is no JSON."""
    if not (force or has_json(response)):
        return None
    try:
        return json.loads(read_body(response))
    except ValueError:
        if silent:
            return None
        raise


def call_on_close(response: Response, function: F) -> F:
    """`response.call_on_close(function)`: call it when the response is sent."""
    tasks = response.background if isinstance(response.background, BackgroundTasks) else BackgroundTasks()
    if response.background is not None and response.background is not tasks:
        tasks.tasks.append(response.background)
    tasks.add_task(function)
    response.background = tasks
    return function
