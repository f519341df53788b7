"""Werkzeug's URL converters as Starlette's convertors.

Preserves: `<float:x>` takes `1.5` and not `1`, `<uuid:x>` wants its dashes, `<path:x>` is neither empty nor starts with
a slash; `string` with a length, `any`, `int` with digits or a sign; a number out of range is a 404.

To live without it: Starlette's own `{x:float}`, `{x:uuid}` and `{x:path}`, which take a little more.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.convertors import Convertor, register_url_convertor

from .routing import NotThisRouteError

# What stays as it is in a path (https://url.spec.whatwg.org/#url-path-segment-string).
PATH_SAFE = "!$&'()*+,/:;=@"


class FlaskConvertor(Convertor[Any]):
    """A convertor with a pattern of its own; a value is written into a URL as Werkzeug writes it."""

    def __init__(self, regex: str, convert: Callable[[str], Any], show: Callable[[Any], str]) -> None:
        self.regex = regex  # type: ignore[misc]  # Starlette's convertors are classes with one pattern each
        self._convert = convert
        self._show = show

    def convert(self, value: str) -> Any:
        """The value of a part of a path."""
        return self._convert(value)

    def to_string(self, value: Any) -> str:
        """The part of a path that stands for a value; raises what the converter of Werkzeug does."""
        return self._show(value)


def quoted(value: object) -> str:
    """A value as a part of a path."""
    return quote(str(value), safe=PATH_SAFE)


def convertor(name: str, regex: str, convert: Callable[[str], Any] = str, show: Callable[[Any], str] = quoted) -> str:
    """Register a convertor, for `"/x/{value:name}"`; `convert` raises `NotThisRouteError` for what it does not take."""
    register_url_convertor(name, FlaskConvertor(regex, convert, show))
    return name


def string(minlength: int = 1, maxlength: int | None = None, length: int | None = None) -> str:
    """The pattern of `string(minlength, maxlength, length)`."""
    limits = f"{length}" if length is not None else f"{minlength},{'' if maxlength is None else maxlength}"
    return f"[^/]{{{limits}}}"


def any_of(*items: str) -> str:
    """The pattern of `any(one, two)`."""
    return f"(?:{'|'.join(re.escape(item) for item in items)})"


def one_of(*items: str) -> Callable[[Any], str]:
    """How `any(one, two)` is written into a URL; raises `ValueError` for another value."""

    def show(value: Any) -> str:
        if value not in items:
            raise ValueError(f"'{value}' is not one of {', '.join(repr(item) for item in sorted(items))}")
        return str(value)

    return show


def integer(signed: bool = False) -> str:
    """The pattern of `int(signed)`."""
    return r"-?\d+" if signed else r"\d+"


def digits(fixed_digits: int = 0) -> Callable[[Any], str]:
    """How `int(fixed_digits)` is written into a URL."""
    return lambda value: str(int(value)).zfill(fixed_digits)


def number(
    kind: Callable[[str], Any], minimum: float | None = None, maximum: float | None = None, fixed_digits: int = 0
) -> Callable[[str], Any]:
    """How `int(fixed_digits, min, max)` and `float(min, max)` read a number, whose sign counts as a digit.

    A number out of range is refused, not left to the routes behind, as Werkzeug does it.
    """

    def convert(text: str) -> Any:
        if fixed_digits and len(text) != fixed_digits:
            raise NotThisRouteError(text)
        try:
            value = kind(text)
        except ValueError:
            raise NotThisRouteError(text) from None
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            raise NotThisRouteError(text)
        return value

    return convert


def decimal(signed: bool = False) -> str:
    """The pattern of `float(signed)`."""
    return r"-?\d+\.\d+" if signed else r"\d+\.\d+"


def show_decimal(value: Any) -> str:
    """How `float` is written into a URL."""
    return str(float(value))


UUID_PATTERN = "-".join(f"[A-Fa-f0-9]{{{length}}}" for length in (8, 4, 4, 4, 12))

INT = convertor("flask_int", integer(), int, digits())
FLOAT = convertor("flask_float", decimal(), float, show_decimal)
SIGNED_FLOAT = convertor("flask_signed_float", decimal(signed=True), float, show_decimal)
UUID_DASHED = convertor("flask_uuid", UUID_PATTERN, UUID, str)
PATH = convertor("flask_path", "[^/].*?")
