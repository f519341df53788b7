"""What clients see of an object: classes whose fields tell where a value is found and how it is written.

    class TaskFields(Fields):
        id: Annotated[int, Integer()]
        title: Annotated[str | None, String(attribute="name")]

Preserves: Flask-RESTful's `marshal`: items ahead of attributes, dotted attributes and functions, null for what is
absent unless there is a default, each field's own way of writing a value.

To live without it: Pydantic models with `from_attributes`, as the `response_model` of a route; these refuse an object
whose attributes have other types, write dates as ISO 8601 and do not round decimals.
"""

from calendar import timegm
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from email.utils import formatdate
from functools import cache, wraps
from inspect import iscoroutinefunction
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from fastapi import Request, Response
from pydantic import BaseModel

from .restful import APIResponse, api_response
from .urls import url_for

Represent = Callable[..., Response]
"""Makes the response of the request, the data, and maybe a status and headers."""


class MarshallingError(Exception):
    """A value that cannot be written as its field says."""


class Raw:
    """A field: the value as it is, `default` where there is none.

    `attribute` is where the value is found, if not under the field's own name: a name, several joined by dots, or a
    function of the object. Fields of an application's own have other methods `format` or `output`.
    """

    def __init__(self, default: Any = None, attribute: str | Callable[[Any], Any] | None = None) -> None:
        self.default = default
        self.attribute = attribute

    def format(self, value: Any) -> Any:
        """A value that is not None, as clients get it."""
        return value

    def output(self, key: str | int, obj: Any) -> Any:
        """What clients get of an object."""
        value = self.found(key, obj)
        return self.default if value is None else self.format(value)

    def found(self, key: str | int, obj: Any) -> Any:
        """The value in an object, None where there is none."""
        return found(key if self.attribute is None else self.attribute, obj)

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """What clients get of an object on this request."""
        return self.output(key, obj)

    def written(self, value: Any, request: Request | None) -> Any:
        """A value as clients get it on this request."""
        return self.format(value)


class String(Raw):
    """A text."""

    def format(self, value: Any) -> Any:
        """Any value as a text."""
        return str(value)


class Integer(Raw):
    """A whole number, 0 where there is none."""

    def __init__(self, default: Any = 0, **options: Any) -> None:
        super().__init__(default, **options)

    def format(self, value: Any) -> Any:
        """Numbers without their fraction, and texts; raises `MarshallingError` for others."""
        return self.default if value is None else number(int, value)


class Float(Raw):
    """A number."""

    def format(self, value: Any) -> Any:
        """Numbers and texts; raises `MarshallingError` for others."""
        return number(float, value)


class Boolean(Raw):
    """Whether a value is true."""

    def format(self, value: Any) -> Any:
        """The truth of a value."""
        return bool(value)


class Arbitrary(Raw):
    """A number of any precision, as a text."""

    def format(self, value: Any) -> Any:
        """Every digit of a number."""
        return str(Decimal(value))


class Fixed(Raw):
    """A number with so many decimals, as a text."""

    def __init__(self, decimals: int = 5, **options: Any) -> None:
        super().__init__(**options)
        self.precision = Decimal("0." + "0" * (decimals - 1) + "1")

    def format(self, value: Any) -> Any:
        """The number, rounded half to even; raises `MarshallingError` for one that is none."""
        decimal = Decimal(value)
        if not decimal.is_normal() and decimal != Decimal():
            raise MarshallingError("Invalid Fixed precision number.")
        return str(decimal.quantize(self.precision, rounding=ROUND_HALF_EVEN))


Price = Fixed


class DateTime(Raw):
    """A moment: `rfc822` or `iso8601`."""

    def __init__(self, dt_format: str = "rfc822", **options: Any) -> None:
        super().__init__(**options)
        self.dt_format = dt_format

    def format(self, value: Any) -> Any:
        """The moment as a text; raises `MarshallingError` for what is none."""
        try:
            if self.dt_format == "rfc822":
                return formatdate(timegm(value.utctimetuple()))
            if self.dt_format == "iso8601":
                return value.isoformat()
        except AttributeError as error:
            raise MarshallingError(str(error)) from error
        raise MarshallingError(f"Unsupported date format {self.dt_format}")


class FormattedString(Raw):
    """A text with `{name}` for values of the object."""

    def __init__(self, src_str: str) -> None:
        super().__init__()
        self.src_str = str(src_str)

    def output(self, key: str | int, obj: Any) -> Any:
        """The text; raises `MarshallingError` for an object that has no values, and `KeyError` for a missing one."""
        try:
            return self.src_str.format(**items(obj))
        except (TypeError, IndexError) as error:
            raise MarshallingError(str(error)) from error


class Url(Raw):
    """The URL of a route, with the object's values in it; without `endpoint`, of the route that answers."""

    def __init__(
        self, endpoint: str | None = None, absolute: bool = False, scheme: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.endpoint, self.absolute, self.scheme = endpoint, absolute, scheme

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The URL without a query; raises `MarshallingError` for an object that has no values."""
        assert request is not None
        endpoint = request.scope["compat.endpoint"] if self.endpoint is None else self.endpoint
        try:
            parts = urlsplit(url_for(request, endpoint, _external=self.absolute, **items(obj)))
        except TypeError as error:
            raise MarshallingError(str(error)) from error
        if not self.absolute:
            return urlunsplit(("", "", parts.path, "", ""))
        return urlunsplit((parts.scheme if self.scheme is None else self.scheme, parts.netloc, parts.path, "", ""))


class Fields(BaseModel):
    """What clients see of an object; every field's `Annotated` has a `Raw` or one of its subclasses."""


class Nested(Raw):
    """An object in the object; one that is absent has fields that are absent, unless `allow_null` or a default."""

    def __init__(self, nested: type[Fields], allow_null: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.nested, self.allow_null = nested, allow_null

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The object's fields, or those of each in a list."""
        value = self.found(key, obj)
        if value is None and (self.allow_null or self.default is not None):
            return None if self.allow_null else self.default
        return marshal(value, self.nested, request=request)


class Inside(Raw):
    """A part of what clients see that has its values from the object itself."""

    def __init__(self, nested: type[Fields]) -> None:
        super().__init__()
        self.nested = nested

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The part's fields."""
        return marshal(obj, self.nested, request=request)


class List(Raw):
    """A list of what another field writes."""

    def __init__(self, container: Raw, **options: Any) -> None:
        super().__init__(**options)
        self.container = container

    def shown(self, key: str | int, obj: Any, request: Request | None) -> Any:
        """The list; one that is absent is None or the default."""
        value = self.found(key, obj)
        if is_listed(value) and not isinstance(value, dict):
            return self.written(value, request)
        if value is None:
            return self.default
        container: Any = self.container  # an object instead of a list: only `Nested` can write it
        return [marshal(value, container.nested, request=request)]

    def written(self, value: Any, request: Request | None) -> Any:
        """Each of the values; a field finds its own in an object, else by its place in the list."""
        inner, name = self.container, cast(str, self.container.attribute)
        values = list(value) if isinstance(value, set) else value
        is_plain = isinstance(inner, Nested) or type(inner) is Raw
        written = []
        for place, one in enumerate(values):
            is_object = isinstance(one, dict) or (name and hasattr(one, name))
            written.append(inner.shown(place, one if is_object and not is_plain else values, request))
        return written


def marshal(data: Any, fields: type[Fields], envelope: str | None = None, request: Request | None = None) -> Any:
    """What clients see of an object, or of each in a list or tuple; under the key `envelope` if there is one."""
    shown: Any
    if isinstance(data, list | tuple):
        shown = [marshal(one, fields, request=request) for one in data]
    else:
        shown = {key: field.shown(key, data, request) for key, field in fields_of(fields)}
    return {envelope: shown} if envelope else shown


def marshalled(
    fields: type[Fields], envelope: str | None = None, represented: Represent | None = None
) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that return an object, or several, maybe with a status and headers behind it."""
    return answered(lambda value, request: marshal(value, fields, envelope, request), represented)


def marshalled_by(field: Raw, represented: Represent | None = None) -> Callable[..., Callable[..., Any]]:
    """As `marshalled`, for a value that one field writes."""
    return answered(field.written, represented)


def answered(
    write: Callable[[Any, Request | None], Any], represented: Represent | None = None
) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints whose value is written so; raises `TypeError` for a response object.

    `represented` makes the response, if it is not the usual one.
    """

    def answer(value: Any, request: Request | None) -> Response:
        if isinstance(value, Response):
            raise TypeError("a response cannot be marshalled")
        if represented is not None:
            parts = value if isinstance(value, tuple) and len(value) in (2, 3) else (value,)
            return represented(request, write(parts[0], request), *parts[1:])
        if isinstance(value, tuple) and len(value) in (2, 3):
            return api_response((write(value[0], request), *value[1:]))
        return APIResponse(write(value, request))

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            return answer(endpoint(*args, **kwargs), kwargs.get("request"))

        @wraps(endpoint)
        async def async_wrapper(*args: Any, **kwargs: Any) -> Response:
            return answer(await endpoint(*args, **kwargs), kwargs.get("request"))

        return async_wrapper if iscoroutinefunction(endpoint) else wrapper

    return decorate


@cache
def fields_of(fields: type[Fields]) -> tuple[tuple[str, Raw], ...]:
    """The fields of a class, by the names that clients see."""
    return tuple(
        (info.alias or name, next(one for one in info.metadata if isinstance(one, Raw)))
        for name, info in fields.model_fields.items()
    )


def item(key: str | int, obj: Any) -> Any:
    """A value of an object by its place or name: as an item, else as an attribute."""
    if is_listed(obj):
        try:
            return obj[key]
        except (IndexError, TypeError, KeyError):
            pass
    return getattr(obj, key, None)  # type: ignore[arg-type]  # a place is no attribute: a TypeError, as ever


def found(key: str | int | Callable[[Any], Any], obj: Any, look_up: Callable[[str | int, Any], Any] = item) -> Any:
    """A value of an object by place, name, names joined by dots, or a function; None where there is none."""
    if callable(key):
        return key(obj)
    for one in [key] if isinstance(key, int) else key.split("."):
        obj = look_up(one, obj)
    return obj


def is_listed(obj: Any) -> bool:
    """Whether an object has items and is no text."""
    return not hasattr(obj, "strip") and hasattr(obj, "__iter__")


def items(obj: Any) -> Any:
    """The values of an object by name."""
    if obj is None:
        return None
    if hasattr(obj, "__marshallable__"):
        return obj.__marshallable__()
    return obj if hasattr(obj, "__getitem__") else dict(obj.__dict__)


def number(kind: type[int] | type[float], value: Any) -> int | float:
    """A value as a number; raises `MarshallingError`."""
    try:
        return kind(value)
    except ValueError as error:
        raise MarshallingError(str(error)) from error
