"""Types of arguments: what converts the text of one, or refuses it, and what OpenAPI tells of it.

Preserves: the `inputs` of Flask-RESTful, and the words in which they refuse.

To live without it: give FastAPI's parameters types and limits, as in `Annotated[int, Query(ge=1)]`.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

C = TypeVar("C", bound=Callable[..., Any])


def documented(**schema: Any) -> Callable[[C], C]:
    """A decorator of such a function, with what OpenAPI tells of the values that it takes."""

    def add(function: C) -> C:
        vars(function)["openapi_schema"] = schema
        return function

    return add


@documented(type="boolean")
def boolean(value: Any) -> bool:
    """`inputs.boolean`; raises `ValueError`."""
    if isinstance(value, bool):
        return value
    if not value:
        raise ValueError("boolean type must be non-null")
    value = value.lower()
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise ValueError(f"Invalid literal for boolean(): {value}")


def integer(value: Any) -> int:
    """A whole number; raises `ValueError`."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value} is not a valid integer") from None


@documented(type="integer", minimum=0)
def natural(value: Any, argument: str = "argument") -> int:
    """`inputs.natural`; raises `ValueError`."""
    number = integer(value)
    if number < 0:
        raise ValueError(f"Invalid {argument}: {number}. {argument} must be a non-negative integer")
    return number


@documented(type="integer", minimum=1)
def positive(value: Any, argument: str = "argument") -> int:
    """`inputs.positive`; raises `ValueError`."""
    number = integer(value)
    if number < 1:
        raise ValueError(f"Invalid {argument}: {number}. {argument} must be a positive integer")
    return number


class int_range:  # noqa: N801  # its name in Flask-RESTful
    """`inputs.int_range`."""

    def __init__(self, low: int, high: int, argument: str = "argument") -> None:
        self.low, self.high, self.argument = low, high, argument
        self.openapi_schema = {"type": "integer", "minimum": low, "maximum": high}

    def __call__(self, value: Any) -> int:
        number = integer(value)
        if number < self.low or number > self.high:
            raise ValueError(
                f"Invalid {self.argument}: {number}. {self.argument} must be within the range {self.low} - {self.high}"
            )
        return number


class regex:  # noqa: N801  # its name in Flask-RESTful
    """`inputs.regex`."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.re = re.compile(pattern, flags)
        self.openapi_schema = {"type": "string", "pattern": pattern}

    def __call__(self, value: str) -> str:
        if not self.re.search(value):
            raise ValueError(f'Value does not match pattern: "{self.pattern}"')
        return value


URL = re.compile(
    r"^(?:http|ftp)s?://"
    r"(?:[^:@]+?:[^:@]*?@|)"  # a user and a password
    r"(?:(?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+(?:[A-Z]{2,6}\.?|[A-Z0-9-]{2,}\.?)"
    r"|localhost|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?[A-F0-9]*:[A-F0-9:]+\]?)"
    r"(?::\d+)?(?:/?|[/?]\S+)$",
    re.IGNORECASE,
)


@documented(type="string", format="uri")
def url(value: str) -> str:
    """`inputs.url`; raises `ValueError`."""
    if not URL.search(value):
        hint = f". Did you mean: http://{value}" if URL.search(f"http://{value}") else ""
        raise ValueError(f"{value} is not a valid URL{hint}")
    return value


@documented(type="string", format="date")
def date(value: str) -> datetime:
    """`inputs.date`; raises `ValueError`."""
    return datetime.strptime(value, "%Y-%m-%d")
