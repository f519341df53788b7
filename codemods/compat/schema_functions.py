"""Fields that functions or methods of the schema load: what stands beside the type in `Annotated`.

Preserves: null before the function, the messages of the error that it raises, and errors that are not about the data.

To live without it: `BeforeValidator(function)`, `WrapValidator(function)` where it asks for `load`, and Pydantic's
`field_validator("name", mode="before")` for methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from pydantic import (
    GetCoreSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema

from .converter import refusal
from .schema_containers import TEXTS, placed, refused, said
from .schema_errors import InvalidError, Messages, UnexpectedError, merged
from .schema_hooks import Hook, asks_for
from .schema_valid_parts import finders, valid_part

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """What a method has made of the value of a field."""

    value: Any


def called(function: Function, value: Any) -> Any:
    """What the function makes of the value; its errors are told Pydantic in a form that keeps what they say."""
    try:
        return function(value)
    except InvalidError as error:
        raise refused(error.messages, error.find_valid) from None
    except (ValueError, AssertionError) as error:
        raise UnexpectedError(error) from error


@dataclass(frozen=True)
class Prepared:
    """What is sent is given to functions before the field looks at it: `name: Annotated[Str, Prepared(str.strip)]`."""

    functions: tuple[Function, ...]

    def __init__(self, *functions: Function) -> None:
        object.__setattr__(self, "functions", functions)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._load, handler(source))

    def _load(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        if value is None:
            return validate(None)
        for function in self.functions:
            value = called(function, value)
        # What is null only now is not told as null, but as something that the field cannot read.
        return validate(object() if value is None else value)


@dataclass(frozen=True)
class Finished:
    """What was loaded and checked is given to functions: `name: Annotated[Str, Finished(str.title)]`."""

    functions: tuple[Function, ...]

    def __init__(self, *functions: Function) -> None:
        object.__setattr__(self, "functions", functions)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._load, handler(source))

    def _load(self, value: Any) -> Any:
        for function in self.functions:
            value = called(function, value)
        return value


@dataclass(frozen=True)
class LoadedBy:
    """A field that a function loads: `tags: Annotated[Any, LoadedBy(split_tags)]`; without one, a `load_field`.

    The function may ask for `load`, which loads a value as the type does and raises `InvalidError`.
    """

    function: Function | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Around the type also where the function does not ask for it: OpenAPI tells of what is dumped, too.
        return core_schema.no_info_wrap_validator_function(partial(self._load, source), handler(source))

    def _load(self, source: Any, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, _Made):
            return value.value
        if self.function is not None and asks_for(self.function, "load"):
            if value is None:
                return validate(None)
            return called(partial(self.function, load=partial(_loaded, source, validate)), value)
        if value is None:
            raise refusal("null", TEXTS["null"])
        return value if self.function is None else called(self.function, value)


def _loaded(source: Any, validate: ValidatorFunctionWrapHandler, value: Any) -> Any:
    try:
        # Null was looked at before: what a function makes null is just something that the field cannot read.
        return validate(object() if value is None else value)
    except ValidationError as error:
        messages: Messages = {}
        errors = error.errors(include_url=False)
        for one in errors:
            messages = merged(messages, placed(one["loc"], said(one)))
        raise InvalidError(messages, find_valid=partial(valid_part, source, value, finders(errors), messages)) from None


def load_field(*fields: str) -> Callable[[Any], Any]:
    """Marks the class method that loads these fields."""

    def mark(method: Any) -> Any:
        function = method.__func__

        @wraps(function)
        def load(*arguments: Any) -> Any:
            *owner, value = arguments
            return None if value is None else _Made(called(lambda given: function(*owner, given), value))

        load.__dict__["hook"] = Hook("load_field", fields)
        return field_validator(*fields, mode="before")(type(method)(load))

    return mark
