"""What is valid of a value of which a part is not: the items of a list that can be loaded, the fields of an object.

Preserves: what Marshmallow's `err.valid_data` holds, and what its checks see that run although there are errors.

To live without it: nothing of invalid data is looked at.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import TypeAdapter

from .schema_errors import Find

Finders = Mapping[tuple[Any, ...], Find]
"""What finds the valid part of what is inside, by the way to it."""


def finders(errors: Iterable[Any], below: Any = None) -> Finders:
    """Those that errors of Pydantic carry; `below` is the field that they are wanted for."""
    found = {}
    for one in errors:
        path = tuple(one["loc"])
        find = one.get("ctx", {}).get("find_valid")
        if find is not None and (below is None or path[:1] == (below,)):
            found[path if below is None else path[1:]] = find
    return found


def valid_part(annotation: Any, value: Any, known: Finders, messages: Any) -> Any:
    """The part of a value that is valid; None where there is none. `messages` are about the rest."""
    if () in known:
        return known[()]()
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return valid_part(arguments[0], value, known, messages)
    if kind in (Union, types.UnionType):
        return valid_part(next(one for one in arguments if one is not types.NoneType), value, known, messages)
    if not isinstance(messages, Mapping):
        return None
    if kind in (list, tuple) and isinstance(value, Sequence):
        inner = arguments * len(value) if kind is list else arguments
        parts = [
            _loaded(one, item) if index not in messages
            else valid_part(one, item, _below(known, index), messages[index])
            for index, (one, item) in enumerate(zip(inner, value, strict=False))
        ]  # fmt: skip
        return [part for index, part in enumerate(parts) if index not in messages or part is not None]
    if kind is dict and isinstance(value, Mapping):
        return _entries(arguments, value, known, messages)
    return None


def _entries(arguments: tuple[Any, ...], value: Mapping[Any, Any], known: Finders, messages: Any) -> dict[Any, Any]:
    found = {}
    for key, item in value.items():
        said = messages.get(key, {})
        if "key" in said:
            continue
        part = (
            valid_part(arguments[1], item, _below(known, key), said["value"])
            if "value" in said
            else _loaded(arguments[1], item)
        )
        if "value" not in said or part is not None:
            found[_loaded(arguments[0], key)] = part
    return found


def _below(known: Finders, place: Any) -> Finders:
    return {path[1:]: find for path, find in known.items() if path[:1] == (place,)}


def _loaded(annotation: Any, value: Any) -> Any:
    return _adapter(annotation).validate_python(value)


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
