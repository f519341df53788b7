"""The error that a schema, a validator or a view raises for data that is wrong.

Preserves: Marshmallow's error dictionaries: what `err.messages` and `err.normalized_messages()` hold, and how the
messages of several checks come together.

To live without it: raise `ValueError` in validators and `HTTPException` in views.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WHOLE = "_schema"
"""The key of messages about the data as a whole."""

Messages = dict[Any, Any]
Find = Callable[[], Any]


class InvalidError(Exception):
    """The data is not what was asked for.

    `messages` is what was said: a list of texts, or a dictionary with a key for each field. `field_name` is the field
    that the messages are about. It is no `ValueError`, so that an `except ValueError` in a view does not catch it.
    `find_valid` finds what of the data is valid, for those who ask. `data` is what was loaded, if anything was.
    """

    known_as = "ValidationError"
    """The name by which an application tells what becomes of it."""

    def __init__(
        self, message: str | list[Any] | Messages, field_name: str = WHOLE, *, find_valid: Find | None = None
    ) -> None:
        super().__init__(message)
        self.messages: Any = [message] if isinstance(message, str) else message
        self.field_name = field_name
        self.find_valid = find_valid
        self.data: Any = None

    @property
    def valid_data(self) -> Any:
        """What of the data is valid, and None where nothing was loaded."""
        return self.find_valid() if self.find_valid else None

    def normalized_messages(self) -> Messages:
        """The messages as a dictionary, under the field's name where they are not one already."""
        if self.field_name == WHOLE and isinstance(self.messages, dict):
            return self.messages
        return {self.field_name: self.messages}

    @property
    def messages_dict(self) -> Messages:
        """The messages, if they are a dictionary; raises `TypeError` otherwise."""
        if not isinstance(self.messages, dict):
            raise TypeError(f"cannot access 'messages_dict' when 'messages' is of type {type(self.messages).__name__}")
        return self.messages


class UnexpectedError(Exception):
    """An error of a check that is not about the data. Pydantic would take a `ValueError` for a message."""

    def __init__(self, original: Exception) -> None:
        super().__init__(original)
        self.original = original


def said_about(key: str, messages: Any) -> Messages:
    """The messages of a check, under the key they are about; a dictionary about the whole stands for itself."""
    return messages if key == WHOLE and isinstance(messages, dict) else {key: messages}


def merged(first: Any, second: Any) -> Any:
    """Both messages as one: lists are joined, dictionaries merged, a list beside a dictionary goes under `_schema`."""
    if not first or not second:
        return first or second
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **{key: merged(first.get(key), value) for key, value in second.items()}}
    if isinstance(first, dict):
        return {**first, WHOLE: merged(first.get(WHOLE), second)}
    if isinstance(second, dict):
        return {**second, WHOLE: merged(first, second.get(WHOLE))}
    return [*(first if isinstance(first, list) else [first]), *(second if isinstance(second, list) else [second])]
