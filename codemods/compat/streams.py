"""Streams that use, while they are sent, what the request has open.

Preserves: `stream_with_context(...)`: the context of the request is there again until the last chunk, and its teardown
functions run once more behind it.

To live without it: open what the generator needs in the generator itself, and drop the call.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from fastapi import Request

T = TypeVar("T")


def stream_with_context(request: Request, chunks: Iterator[T]) -> Iterator[T]:
    """The chunks, for a response that `FlaskRoute` sends before the request ends for good."""
    request.scope["compat.streams"] = True
    return chunks


def streaming_with_context(request: Request) -> Callable[[Callable[..., Iterator[T]]], Callable[..., Iterator[T]]]:
    """`@stream_with_context` over a generator function."""

    def decorate(function: Callable[..., Iterator[T]]) -> Callable[..., Iterator[T]]:
        @wraps(function)
        def start(*args: Any, **kwargs: Any) -> Iterator[T]:
            return stream_with_context(request, function(*args, **kwargs))

        return start

    return decorate
