"""Query parameters that never refuse a request.

Preserves: `request.args.get("page", 1, type=int)`, where a value that `int` does not take is the default;
`request.args["page"]` and `request.form["name"]`, which answer 400 where they stand in the code, if it is reached.

To live without it: drop `lenient(...)` from the parameter and FastAPI answers 422 to `?page=x`; declare a parameter
without a default in the place of `required(...)`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BeforeValidator
from starlette.datastructures import ImmutableMultiDict

from .http_statuses import BadRequestKeyError

__all__ = ["BadRequestKeyError", "arg", "arglist", "fitting", "given", "lenient", "lenient_list", "required"]

T = TypeVar("T")


def lenient(kind: Callable[[str], Any], default: object = None) -> BeforeValidator:
    """Convert a parameter by `kind`; what that refuses becomes the default."""

    def convert(value: str) -> Any:
        try:
            return kind(value)
        except (ValueError, TypeError):
            return default

    return BeforeValidator(convert)


def lenient_list(kind: Callable[[str], Any]) -> BeforeValidator:
    """Convert each of a repeated parameter's values by `kind`; what that refuses is left out."""
    return BeforeValidator(lambda values: converted(values, kind))


def required(value: T | None, name: str) -> T:
    """The value of an optional parameter, where the code cannot do without; raises a 400 that is also a `KeyError`."""
    if value is None:
        raise BadRequestKeyError(name)
    return value


def given(value: Any, default: Any = None, type: Callable[[Any], Any] | None = None) -> Any:
    """`request.args.get("page", default, type)` of a parameter that may be None; the default is evaluated anyway."""
    if value is None:
        return default
    if type is None:
        return value
    try:
        return type(value)
    except (ValueError, TypeError):
        return default


def arg(params: Mapping[str, Any], name: str, default: Any = None, type: Callable[[Any], Any] | None = None) -> Any:
    """`request.args.get(name, default, type)`, for a name that is known only when the code runs."""
    return given(params.get(name), default, type)


def fitting(values: Any, name: str, default: Any = None, type: Callable[[Any], Any] | None = None) -> Any:
    """`request.values.get(name, default, type)`: the first part counts whose value `type` takes."""
    for part in values.parts:
        if name in part:
            try:
                return part[name] if type is None else type(part[name])
            except (ValueError, TypeError):
                continue
    return default


def arglist(params: ImmutableMultiDict[str, Any], name: str, type: Callable[[Any], Any] | None = None) -> list[Any]:
    """`request.args.getlist(name, type)`."""
    values = params.getlist(name)
    return values if type is None else converted(values, type)


def converted(values: list[str], kind: Callable[[str], T]) -> list[T]:
    """The values that `kind` takes."""
    results = []
    for value in values:
        try:
            results.append(kind(value))
        except (ValueError, TypeError):
            continue
    return results
