"""What code hands to the hooks and functions of its schemas: `with Context({"user": user}): UserOut.dump(row)`.

Preserves: Marshmallow's context manager: the innermost one counts, in this thread or task and those that it starts.

To live without it: parameters of the functions that need the values.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Any, Self

_current: ContextVar[Any] = ContextVar("schema_context")
_NONE: Any = object()


class Context:
    """A value that is current for the length of a `with` block."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.token: Token[Any] | None = None

    def __enter__(self) -> Self:
        self.token = _current.set(self.context)
        return self

    def __exit__(self, *_: object) -> None:
        if self.token is not None:
            _current.reset(self.token)

    @classmethod
    def get(cls, default: Any = _NONE) -> Any:
        """The current value; raises `LookupError` where there is none and no default."""
        return _current.get() if default is _NONE else _current.get(default)
