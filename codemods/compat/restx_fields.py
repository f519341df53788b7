"""What clients see of an object, as Flask-RESTX writes it: classes with fields, masks that clients send, wildcards.

    class Todo(Fields):
        id: Annotated[int | None, Integer()] = None
        task: Annotated[str, String()]

Preserves: Flask-RESTX's `marshal`: items ahead of attributes, null for what is absent unless there is a default,
`skip_none`, `Wildcard`, and the header `X-Fields`, by which a client asks for some of the fields only.

To live without it: Pydantic models with `from_attributes`, as the `response_model` of a route; drop the header once no
client sends it.
"""

import re
from collections.abc import Callable, Mapping
from copy import copy
from fnmatch import translate
from functools import cache
from inspect import getmembers, isroutine
from typing import Any, cast

from fastapi import Request

from . import marshalling
from .marshalling import Fields, MarshallingError, answered, fields_of, found, is_listed, number
from .masks import Mask, MaskError

__all__ = ["Fields", "MarshallingError"]

HEADER = "X-Fields"
Shape = Mapping[str, "Raw"]
"""Fields by the names that clients see."""


class Raw(marshalling.Raw):
    """A field: the value as it is, `default` where there is none, which may be a function.

    `attribute` is where the value is found, if not under the field's own name. Fields of an application's own have
    other methods `format` or `output`; `documented` is what they are given for documents only.
    """

    __schema_type__ = "object"
    __schema_format__: str | None = None
    mask: Mask | None = None

    def __init__(
        self, default: Any = None, attribute: str | Callable[[Any], Any] | None = None, **documented: Any
    ) -> None:
        marshalling.Raw.__init__(self, default, attribute)
        self.documented = documented

    def output(self, key: str | int, obj: Any, **options: Any) -> Any:
        """What clients get of an object."""
        value = self.found(key, obj)
        if value is None:
            default = self.default_value()
            return self.format(default) if default else default
        data = self.format(value)
        return self.mask.apply(data) if self.mask else data

    def default_value(self) -> Any:
        """What clients get where there is no value."""
        return self.default() if callable(self.default) else self.default

    def found(self, key: str | int, obj: Any) -> Any:
        """The value in an object, None where there is none."""
        return found(key if self.attribute is None else self.attribute, obj, item)

    def masked(self, mask: Mask) -> "Raw":
        """The field with this part of its value; raises `MaskError` for one that has no parts."""
        if type(self) is not Raw:
            raise MaskError("Mask is inconsistent with model")
        field = copy(self)
        field.mask = mask
        return field


class String(Raw, marshalling.String):
    """A text."""

    __schema_type__ = "string"


class Integer(Raw):
    """A whole number."""

    __schema_type__ = "integer"

    def format(self, value: Any) -> Any:
        """Numbers without their fraction, and texts; raises `MarshallingError` for others."""
        return self.default if value is None else number_of(int, value)


class Float(Raw):
    """A number."""

    __schema_type__ = "number"

    def format(self, value: Any) -> Any:
        """Numbers and texts; raises `MarshallingError` for others."""
        return self.default if value is None else number_of(float, value)


class Boolean(Raw):
    """True or false."""

    __schema_type__ = "boolean"

    def format(self, value: Any) -> Any:
        """A truth, also by its usual words; raises `ValueError` for others."""
        if isinstance(value, bool) or not value:
            return bool(value)
        word = str(value).lower()
        if word not in ("true", "1", "on", "false", "0"):
            raise ValueError(f"Invalid literal for boolean(): {word}")
        return word in ("true", "1", "on")


class Arbitrary(Raw, marshalling.Arbitrary):
    """A number of any precision, as a text."""

    __schema_type__ = "number"


class Fixed(Raw, marshalling.Fixed):
    """A number with so many decimals, as a text."""

    __schema_type__ = "number"

    def __init__(self, decimals: int = 5, **options: Any) -> None:
        Raw.__init__(self, **options)
        self.precision = marshalling.Fixed(decimals).precision


class FormattedString(Raw, marshalling.FormattedString):
    """A text with `{name}` for values of the object."""

    __schema_type__ = "string"

    def __init__(self, src_str: str, **options: Any) -> None:
        Raw.__init__(self, **options)
        self.src_str = str(src_str)

    def output(self, key: str | int, obj: Any, **options: Any) -> Any:
        """The text; raises `MarshallingError` for an object that has no values, and `KeyError` for a missing one."""
        return marshalling.FormattedString.output(self, key, obj)


class Url(Raw, marshalling.Url):
    """The URL of a route, with the object's values in it; without `endpoint`, of the route that answers."""

    __schema_type__ = "string"

    def __init__(
        self, endpoint: str | None = None, absolute: bool = False, scheme: str | None = None, **options: Any
    ) -> None:
        Raw.__init__(self, **options)
        self.endpoint, self.absolute, self.scheme = endpoint, absolute, scheme


class ClassName(Raw):
    """The name of the object's class, with `dash` in lower case with underscores."""

    __schema_type__ = "string"

    def __init__(self, dash: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.dash = dash

    def output(self, key: str | int, obj: Any, **options: Any) -> Any:
        """The name; that of a dictionary is `object`."""
        name = type(obj).__name__
        if name == "dict":
            return "object"
        dashed = re.sub("([a-z0-9])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name))
        return dashed.lower() if self.dash else name


class Nested(Raw):
    """An object in the object; one that is absent has fields that are absent, unless `allow_null` or a default."""

    def __init__(
        self,
        model: type[Fields],
        allow_null: bool = False,
        skip_none: bool = False,
        as_list: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.fields, self.nested = model, cast("type[Fields] | Shape", model)
        self.allow_null, self.skip_none, self.as_list = allow_null, skip_none, as_list

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The object's fields, or those of each in a list."""
        value = self.found(key, obj)
        if value is None and (self.allow_null or self.default is not None):
            return None if self.allow_null else self.default
        return marshal(value, self.nested, skip_none=self.skip_none, request=request)

    def masked(self, mask: Mask) -> "Raw":
        """The field with some of its own fields."""
        field = copy(self)
        field.nested = mask.apply(shape(self.nested))
        return field


class Inside(Raw):
    """A part of what clients see that has its values from the object itself."""

    def __init__(self, nested: type[Fields]) -> None:
        super().__init__()
        self.nested: Shape = shape_of(nested)

    def masked(self, mask: Mask) -> "Raw":
        """The part with some of its fields."""
        field = copy(self)
        field.nested = mask.apply(self.nested)
        return field


class List(Raw):
    """A list of what another field writes."""

    def __init__(self, cls_or_instance: Raw, **options: Any) -> None:
        super().__init__(**options)
        self.container = cls_or_instance

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The list; one that is absent is None or the default."""
        value = self.found(key, obj)
        if is_listed(value) and not isinstance(value, dict):
            return self.written(value, request)
        if value is None:
            return self.default_value()
        container: Any = self.container  # an object instead of a list: only `Nested` can write it
        return [marshal(value, container.nested, request=request)]

    def written(self, value: Any, request: Request | None) -> Any:
        """Each of the values; a field finds its own in an object, else by its place in the list."""
        inner, name = self.container, self.container.attribute
        values = list(value) if isinstance(value, set) else value
        is_plain = isinstance(inner, Nested) or type(inner) is Raw
        written = []
        for place, one in enumerate(() if values is None else values):
            is_object = isinstance(one, dict) or (isinstance(name, str) and name and hasattr(one, name))
            written.append(inner.shown(place, one if is_object and not is_plain else values, request))
        return written

    def masked(self, mask: Mask) -> "Raw":
        """The list with parts of what is in it."""
        field = copy(self)
        field.container = self.container.masked(mask)
        return field


class Wildcard(Raw):
    """Every value of an object whose name is like the field's own, as another field writes it."""

    def __init__(self, cls_or_instance: Raw, **options: Any) -> None:
        super().__init__(**options)
        self.container = cls_or_instance

    def matching(self, key: str, obj: Any, excluded: frozenset[str], ordered: bool) -> list[tuple[str, Any]]:
        """The names and values in the order in which they are written: the last first, unless `ordered`."""
        pattern = re.compile(translate(key), re.IGNORECASE)
        if obj is None:
            return []
        members = obj.items() if isinstance(obj, dict) else [one for one in getmembers(obj) if is_value(*one)]
        listed = list(members) if ordered else list(reversed(list(members)))
        return [(name, value) for name, value in listed if name not in excluded and pattern.match(name)]

    def pairs(self, key: str, obj: Any, excluded: frozenset[str], ordered: bool) -> list[tuple[str, Any]]:
        """What clients get, by name, up to a value that is absent; of nothing at all the field's own name."""
        left = iter(self.matching(key, obj, excluded, ordered))
        pairs: list[tuple[str, Any]] = []
        name = key
        while True:
            name, value = next(left, (name, None))
            shown = self.value_of(value)
            if pairs and (shown is None or shown == self.container.format(self.default)):
                return pairs
            pairs.append((name, shown))

    def value_of(self, value: Any) -> Any:
        """A value as the other field writes it."""
        if value is None:
            return None if self.default is None else self.container.format(self.default)
        if isinstance(self.container, Nested):
            return marshal(value, self.container.nested, skip_none=self.container.skip_none)
        return self.container.format(value)


def marshal(
    data: Any,
    fields: type[Fields] | Shape,
    envelope: str | None = None,
    skip_none: bool = False,
    mask: str | None = None,
    ordered: bool = False,
    request: Request | None = None,
) -> Any:
    """What clients see of an object, or of each in a list or tuple; under the key `envelope` if there is one.

    With `skip_none` nothing is written of what is null or an empty object. `mask` names the fields that are wanted,
    else the class's `default_mask`; where it leaves a wildcard in, all are. Raises `MaskError` for one that does not
    fit.
    """
    whole = shape(fields)
    asked = mask or getattr(fields, "default_mask", None)
    some: Shape = Mask.parsed(asked).apply(whole) if asked else whole
    shown: Any
    if isinstance(data, list | tuple):
        shown = [marshal(one, some, skip_none=skip_none, ordered=ordered, request=request) for one in data]
    else:
        wanted = whole if any(isinstance(one, Wildcard) for one in some.values()) else some
        pairs = shown_pairs(data, wanted, skip_none, ordered, request)
        shown = {key: value for key, value in pairs if not skip_none or (value is not None and value != {})}
    return {envelope: shown} if envelope else shown


def shown_pairs(
    data: Any, shape: Shape, skip_none: bool, ordered: bool, request: Request | None
) -> list[tuple[str, Any]]:
    """What the fields write of an object; wildcards leave out what fields ahead of them, up to the last one, name."""
    pairs: list[tuple[str, Any]] = []
    ahead: set[str] = set()
    for key, field in shape.items():
        if isinstance(field, Wildcard):
            pairs += field.pairs(key, data, frozenset(ahead), ordered)
            ahead = set()
            continue
        if isinstance(field, Inside):
            pairs.append((key, marshal(data, field.nested, None, skip_none, None, ordered, request)))
        else:
            pairs.append((key, field.shown(key, data, request)))
        ahead.add(key)
    return pairs


def marshalled(
    fields: type[Fields],
    envelope: str | None = None,
    skip_none: bool = False,
    mask: str | None = None,
    ordered: bool = False,
    header: str = HEADER,
) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return an object, or several, maybe with a status and headers behind it.

    Clients may ask for some of the fields by the `header`.
    """

    def write(value: Any, request: Request | None) -> Any:
        asked = request.headers.get(header) if request is not None else None
        return marshal(value, fields, envelope, skip_none, asked or mask, ordered, request)

    return answered(write)


def shape(fields: type[Fields] | Shape) -> Shape:
    """The fields of a class, or those that a mask left."""
    return shape_of(fields) if isinstance(fields, type) else fields


@cache
def shape_of(fields: type[Fields]) -> Shape:
    """The fields of a class, by the names that clients see."""
    return cast(Shape, dict(fields_of(fields)))


def item(key: str | int, obj: Any) -> Any:
    """A value of an object: as an item, of a list or tuple by its number, else as an attribute."""
    if is_listed(obj):
        try:
            return obj[key]
        except (IndexError, TypeError, KeyError):
            pass
    if isinstance(obj, list | tuple):
        try:
            return obj[int(key)]
        except (IndexError, TypeError, ValueError):
            pass
    return getattr(obj, key, None)  # type: ignore[arg-type]  # a place is no attribute: a TypeError, as ever


def is_value(name: str, value: Any) -> bool:
    """Whether an object's attribute is data."""
    return not isroutine(value) and not (name.startswith("__") and name.endswith("__"))


def number_of(kind: type[int] | type[float], value: Any) -> int | float:
    """A value as a number; raises `MarshallingError`."""
    try:
        return number(kind, value)
    except TypeError as error:
        raise MarshallingError(str(error)) from error
