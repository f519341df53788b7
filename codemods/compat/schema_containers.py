"""Fields that hold others, and a field's own texts: what stands beside a type in `Annotated`.

Preserves: where Marshmallow puts the messages of items, keys and values, and the texts that a field was given.

To live without it: plain `list[…]`, `dict[…]` and `tuple[…]`, with Pydantic's own errors and texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_origin

from pydantic import GetCoreSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from .converter import refusal
from .models import Unknown
from .schema_errors import Find, InvalidError, Messages, UnexpectedError, merged
from .schema_hooks import made_of
from .schema_valid_parts import finders, valid_part

TEXTS = {
    "required": "Missing data for required field.",
    "null": "Field may not be null.",
    "unknown": "Unknown field.",
    "type": "Invalid input type.",
    "list_type": "Not a valid list.",
}


@dataclass(frozen=True, slots=True)
class Given:
    """Data for a whole schema, `None` included: a schema's hooks see it, where a field would say that it is null.

    `is_prepared` tells that the hooks have run, and `original` what they were given. `checks` is False where checks of
    the whole follow later: then an error holds the object of what is valid.
    """

    data: Any
    unknown: Unknown | None = None
    is_prepared: bool = False
    checks: bool = True
    original: Any = None


class Sorted(dict[str, Any]):
    """Data that its schema has prepared. Pydantic may run the validator of a model that holds itself inside itself."""


def refused(messages: Any, find_valid: Find | None = None, loaded: Any = None) -> PydanticCustomError:
    """An error that carries Marshmallow's messages through Pydantic, and what finds the part that is valid.

    `loaded` is the object that holds that part, where something looks at it.
    """
    context = {"messages": messages, "find_valid": find_valid, "loaded": loaded}
    return PydanticCustomError("messages", "{messages}", context)


def said(error: ErrorDetails) -> Any:
    """What Marshmallow would have said where Pydantic reports this."""
    kind = error["type"]
    if kind == "messages":
        return error["ctx"]["messages"]
    if kind == "list_type":
        return [TEXTS["null" if error["input"] is None else kind]]
    if kind == "value_error":
        return [str(error["ctx"]["error"])]
    return [TEXTS["required"] if kind == "missing" else error["msg"]]


def placed(path: Iterable[Any], messages: Any) -> Any:
    """The messages under the keys that lead to them."""
    for key in reversed(list(path)):
        messages = {key: messages}
    return messages


class Texts(dict[str, Any]):
    """A field's own error texts, by Marshmallow's keys: `Annotated[Str, Texts(required="Name is needed.")]`."""

    def __hash__(self) -> int:  # type: ignore[override]  # `Annotated` wants its arguments hashable
        return id(self)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._load, handler(source))

    def _load(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            kind = first["type"]
            if kind == "list_type":
                kind = "null" if value is None else "invalid"
            if first["loc"] or kind not in self:
                raise
            own, told = self[kind], {**first.get("ctx", {}), "input": value}
            raise refused([own.format(**told)] if isinstance(own, str) else own) from None


@dataclass(frozen=True)
class AlsoCalled:
    """Another key of a field, which counts before its own: `created: Annotated[Str, AlsoCalled("created_at")]`."""

    key: str


@dataclass(frozen=True)
class AlsoOne:
    """A list that is dumped also where there is a single value in place of it: `Annotated[list[Str], AlsoOne()]`."""


@dataclass(frozen=True)
class UnknownKeys:
    """What becomes of keys that a nested schema does not know: `Annotated[Place, UnknownKeys("ignore")]`."""

    unknown: Unknown

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._load, handler(source))

    def _load(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        if value is None:
            raise refusal("null", TEXTS["null"])
        return validate(Given(value, self.unknown))


@dataclass(frozen=True)
class MadeBy:
    """A field whose loaded data becomes an object: `start: Annotated[Point, MadeBy(PointIn, PointIn.make_point)]`."""

    schema: Any
    make: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._made, handler.generate_schema(self.schema))

    def _made(self, loaded: Any) -> object:
        try:
            return self.make(loaded)
        except InvalidError as error:
            raise refused(error.normalized_messages(), error.find_valid) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error


@dataclass(frozen=True)
class Many:
    """A list of objects that is one value, as `Nested(Phone, many=True)`: `Annotated[list[Phone], Many()]`.

    `unknown` says what becomes of keys that they do not know, where that is not the schema's own.
    """

    unknown: Unknown | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (item,) = get_args(source)
        made = next((mark for mark in get_args(item)[1:] if hasattr(mark, "make")), None)
        load = partial(Many.load, made.schema if made else item, made.make if made else None, self.unknown)
        return core_schema.no_info_wrap_validator_function(load, handler(source))

    @staticmethod
    def load(
        schema: Any,
        make: Callable[[Any], Any] | None,
        unknown: Unknown | None,
        value: Any,
        validate: ValidatorFunctionWrapHandler,
    ) -> Any:
        """What the schema makes of the items."""
        if value is None:
            raise refusal("null", TEXTS["null"])
        if not is_collection(value):
            raise refusal("type", "Invalid type.")
        try:
            loaded = schema.load_many(value, unknown=unknown)
            return made_of(make, loaded) if make else loaded
        except InvalidError as error:
            raise refused(error.normalized_messages(), error.find_valid) from None


@dataclass(frozen=True)
class Plucked:
    """Of an object, or of each in a list, one value: `tags: Annotated[list[TagName], Many(), Plucked("name")]`."""

    key: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        load = self._load_many if get_origin(source) is list else self._load
        return core_schema.no_info_wrap_validator_function(load, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = handler.resolve_ref_schema(handler(schema))
        if shown.get("type") == "array":
            return {**shown, "items": handler.resolve_ref_schema(shown["items"])["properties"][self.key]}
        return dict(shown["properties"][self.key])

    def _load(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        if value is None:
            raise refusal("null", TEXTS["null"])
        return validate({self.key: value})

    def _load_many(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        return validate([{self.key: one} for one in value] if is_collection(value) else value)


def is_collection(value: Any) -> bool:
    """Whether a value holds others, and no names for them."""
    return hasattr(value, "__iter__") and not hasattr(value, "strip") and not isinstance(value, Mapping)


class Entries:
    """A mapping with keys and values of its own types: `Annotated[dict[Int, Str], Entries()]`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(partial(Entries.load, source), handler(source))

    @staticmethod
    def load(source: Any, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        """What is made of a mapping whose type is `source`."""
        if value is None:
            raise refusal("null", TEXTS["null"])
        if not isinstance(value, Mapping):
            raise refusal("invalid", "Not a valid mapping type.")
        try:
            return validate(dict(value))
        except ValidationError as error:
            messages: Messages = {}
            errors = error.errors(include_url=False)
            for one in errors:
                key, *path = one["loc"]
                place = ["key"] if path == ["[key]"] else ["value", *path]
                messages = merged(messages, placed([key, *place], said(one)))
            raise refused(messages, partial(valid_part, source, dict(value), finders(errors), messages)) from None


@dataclass(frozen=True)
class Items:
    """A list of exactly this many items: `Annotated[tuple[Float, Float], Items(2)]`.

    `dumps_any` tells that another number is dumped as far as there are types.
    """

    size: int
    dumps_any: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._load, handler(source))

    def _load(self, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        if value is None:
            raise refusal("null", TEXTS["null"])
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise refusal("invalid", "Not a valid tuple.")
        if len(value) != self.size:
            raise refused([f"Length must be {self.size}."])
        return validate(tuple(value))
