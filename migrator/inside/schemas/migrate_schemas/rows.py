"""Objects to dump, made of what the tool sends: rows as of a database, and members of enumerations."""

from __future__ import annotations

import functools
import importlib
from typing import Any

ROW = "<row>"
MEMBER = "<member>"


class Row:
    """An object with these attributes and no others."""

    def __init__(self, values: dict[str, Any]) -> None:
        vars(self).update(values)

    def __repr__(self) -> str:
        return f"object({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def made(value: Any, are_objects: bool) -> Any:
    """The value with the application's own objects in it.

    A dictionary with the key `ROW` stands for an object, or for a plain dictionary where `are_objects` is false: that
    key may name the object's class. One with the key `MEMBER` stands for a member of an enumeration: its module, class
    and name.
    """
    if isinstance(value, dict):
        if MEMBER in value:
            return member(*value[MEMBER])
        found = {key: made(one, are_objects) for key, one in value.items() if key != ROW}
        return row_class(value[ROW])(found) if are_objects and ROW in value else found
    if isinstance(value, list):
        return [made(one, are_objects) for one in value]
    return value


@functools.cache
def row_class(name: object) -> type[Row]:
    """The class of objects that are to have a class of this name."""
    return type(name, (Row,), {}) if isinstance(name, str) else Row


@functools.cache
def member(module: str, qualified: str, name: str) -> Any:
    """A member of an enumeration."""
    return functools.reduce(getattr, [*qualified.split("."), name], importlib.import_module(module))
