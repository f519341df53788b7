"""How values of a schema's fields are read from objects and written: what `Schema.dump` and `to_dict` are made of.

Preserves: dictionary items before attributes, missing ones left out, `None` written as null, nothing validated.

To live without it: `model_validate(row, from_attributes=True).model_dump(mode="json")`, which validates.
"""

from __future__ import annotations

import datetime as dt
import types
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from .converter import Converter
from .schema_containers import AlsoOne, Items, Many, Plucked, is_collection
from .schema_hooks import asks_for


class _Missing:
    """Nothing: as false as what is empty."""

    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()


@dataclass(frozen=True)
class Computed:
    """A field that is made from the whole object, by a function or by a method of the schema of that name.

    `initials: Annotated[Any, Computed("get_initials")]`; it is never loaded.
    """

    by: str | Callable[[Any], Any]


@dataclass(frozen=True)
class DumpedBy:
    """What writes the values of a field, `None` included: `amount: Annotated[Any, DumpedBy(dump_money)]`.

    The function may ask for `dump`, which writes a value as the type does, and for `source`: the whole object.
    """

    dump: Callable[..., Any]


@dataclass(frozen=True)
class At:
    """The way from the object to a field's value: `price: Annotated[Float, At("product.price")]`."""

    path: str


@dataclass(frozen=True, slots=True)
class DumpedField:
    """A field on its way out: where its value is, the key it gets, how it is written, and where its default is."""

    path: str
    key: str
    convert: Callable[..., Any]
    default: FieldInfo | None
    compute: Callable[[Any], Any] | None = None
    look_up: Callable[[Any, str, Any], Any] | None = None
    takes_none: bool = False
    takes_source: bool = False

    def dumped(self, source: Any) -> Any:
        """The written value of this field of an object; `MISSING` where there is none and no default."""
        if self.compute is not None:
            return self.compute(source)
        value = read(source, self.path) if self.look_up is None else self.look_up(source, self.path, MISSING)
        if value is MISSING and self.default is not None:
            value = self.default.get_default(call_default_factory=True, validated_data={})
        if value is MISSING or (value is None and not self.takes_none):
            return value
        return self.convert(value, source=source) if self.takes_source else self.convert(value)


def computation(schema: Any, metadata: Iterable[object]) -> Callable[[Any], Any] | None:
    """What makes the value of a field that is not read from an attribute."""
    for mark in metadata:
        if isinstance(mark, Computed):
            return getattr(schema, mark.by) if isinstance(mark.by, str) else mark.by
        if isinstance(mark, Converter) and mark.is_constant:
            return mark.dump
    return None


def takes_none(annotation: Any, metadata: Iterable[object]) -> bool:
    """Whether what writes the values of a field is handed `None` as well; others write null for it."""
    marks = [*metadata]
    if get_origin(annotation) in (Union, types.UnionType):
        marks += [mark for one in get_args(annotation) for mark in getattr(one, "__metadata__", ())]
    return any(isinstance(mark, DumpedBy) or hasattr(mark, "joined") for mark in marks)


def path_of(name: str, metadata: Iterable[object]) -> str:
    """Where the value of a field is."""
    return next((mark.path for mark in metadata if isinstance(mark, At)), name)


def read(source: Any, path: str, default: Any = MISSING) -> Any:
    """An item of this key, or else an attribute of this name; `product.price` is inside another one."""
    if "." not in path:
        return _read(source, path, default)
    for name in path.split("."):
        source = _read(source, name, default)
    return source


def put(target: dict[str, Any], path: str, value: Any) -> None:
    """Set an item, also one inside another: `product.price`."""
    *owners, name = path.split(".")
    for owner in owners:
        target = target.setdefault(owner, {})
    target[name] = value


def _read(source: Any, name: str, default: Any) -> Any:
    if not hasattr(source, "__getitem__"):
        return getattr(source, name, default)
    try:
        return source[name]
    except (KeyError, IndexError, TypeError, AttributeError):
        return getattr(source, name, default)


def converter(annotation: Any, metadata: Iterable[object] = ()) -> Callable[..., Any]:
    """How a value of this type is dumped."""
    marks: list[Any] = list(metadata)
    for mark in marks:
        if isinstance(mark, DumpedBy):
            if not asks_for(mark.dump, "dump"):
                return mark.dump
            inner = converter(annotation, [one for one in marks if one is not mark])
            return partial(mark.dump, dump=_unless_none(inner))
    for mark in marks:
        if isinstance(mark, Converter):
            return mark.dump
        if hasattr(mark, "make"):
            return _dump_of(mark.schema)
        if hasattr(mark, "joined"):
            return _joined(mark.joined, converter(annotation, [one for one in marks if one is not mark]))
        if isinstance(mark, Plucked):
            return _plucked(mark.key, converter(annotation, [one for one in marks if one is not mark]))
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return converter(arguments[0], [*arguments[1:], *marks])
    if kind in (Union, types.UnionType):
        return converter(next(one for one in arguments if one is not types.NoneType), marks)
    if kind in (list, tuple, dict):
        return _of_items(kind, arguments, marks)
    if hasattr(annotation, "to_dict"):
        return _dump_of(annotation)
    return _same


def _of_items(kind: Any, arguments: tuple[Any, ...], marks: Iterable[Any]) -> Callable[[Any], Any]:
    is_many = any(isinstance(mark, Many) for mark in marks)
    is_strict = not any(isinstance(mark, Items) and mark.dumps_any for mark in marks)
    if kind is dict and arguments == (Any, Any):
        return dict
    if is_many:
        return _dump_many_of(arguments[0])
    first, *others = [_or_none(one) for one in arguments]
    if kind is list:
        if any(isinstance(mark, AlsoOne) for mark in marks):
            return lambda values: [first(value) for value in (values if is_collection(values) else [values])]
        return lambda values: [first(value) for value in values]
    if kind is tuple:
        return lambda values: tuple(one(value) for one, value in zip([first, *others], values, strict=is_strict))
    (second,) = others
    return lambda values: {first(key): second(value) for key, value in values.items()}


def _or_none(annotation: Any) -> Callable[[Any], Any]:
    convert = converter(annotation)
    marks = get_args(annotation)
    if takes_none(annotation, marks) or any(getattr(mark, "is_constant", False) for mark in marks):
        return convert
    return _unless_none(convert)


def _unless_none(convert: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _dump_of(schema: Any) -> Callable[[Any], Any]:
    # Looked up late: a schema may hold itself, and not be complete yet.
    return lambda value: schema.dump(value)


def _dump_many_of(item: Any) -> Callable[[Any], Any]:
    made = next((mark.schema for mark in get_args(item)[1:] if hasattr(mark, "make")), item)
    return lambda values: made.dump_many(values)


def _plucked(key: str, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def pluck(value: Any) -> Any:
        found = convert(value)
        return [one[key] for one in found] if isinstance(found, list) else found[key]

    return pluck


def _joined(join: Callable[[Any], str], convert: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda values: join(convert(values))


def _same(value: Any) -> Any:
    return value


PLAIN = frozenset({str, int, float, bool, type(None), dt.date, dt.datetime, Decimal, uuid.UUID})
"""Types of values that hold no others."""


def schemas_to_dicts(value: Any) -> Any:
    """The value with every loaded object in it as a dictionary."""
    if hasattr(type(value), "model_fields") and hasattr(value, "to_dict"):
        return value.to_dict()
    if type(value) is list or type(value) is tuple:
        return type(value)(schemas_to_dicts(one) for one in value)
    if type(value) is dict:
        return {key: schemas_to_dicts(one) for key, one in value.items()}
    return value
