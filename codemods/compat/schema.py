"""`Schema`: a Pydantic model that loads and dumps as the Marshmallow schema before it did.

Preserves: every message of every field, checks of the whole and of single fields, hooks before and after, defaults that
are never checked, absent keys that stay absent, and dumps that convert without validating.

To live without it: inherit from `BaseModel`, take the model as the endpoint's body, and let FastAPI's 422 replace the
error dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from .converter import refusal
from .schema_containers import TEXTS, Given, Sorted, Texts, Unknown, placed, refused, said
from .schema_dumping import MISSING, PLAIN, DumpedField, computation, converter, path_of, put, schemas_to_dicts
from .schema_errors import InvalidError, Messages, UnexpectedError, merged, said_about
from .schema_hooks import When, hooks
from .schema_shortcut import quickly


def optional(*, alias: str | None = None) -> Any:
    """A field that may be left out but not be null. Left out it reads as None and is absent from `to_dict()`."""
    return Field(default_factory=_absent, alias=alias)


def unchecked(default: Any, *, alias: str | None = None) -> Any:
    """A default of another type than the field's. It is used as it is: Marshmallow does not look at defaults."""
    return Field(default=default, alias=alias)


def _absent() -> None:
    return None


class Schema(BaseModel):
    """Base of all schemas. Unknown keys are errors unless a schema's `extra` says otherwise."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, protected_namespaces=())

    texts: ClassVar[Texts] = Texts()

    @classmethod
    def load(cls, data: object, *, unknown: Unknown | None = None) -> Self:
        """The validated data; raises `InvalidError` with every message of every field.

        `unknown` says for this call what becomes of keys that the schema does not know, at the top level only.
        """
        try:
            data = _prepared(cls, data)
        except InvalidError as error:
            raise InvalidError(error.normalized_messages()) from None
        loaded = _quickly(cls, data) if unknown is None else None
        messages: Messages = {}
        if loaded is None:
            loaded, messages = _tried(cls, Given(data, unknown, is_prepared=True))
        if messages:
            raise InvalidError(messages)
        return cast("Self", loaded)

    @classmethod
    def load_many(cls, data: object, *, unknown: Unknown | None = None) -> list[Self]:
        """As `load` for a list; messages stand under the item's index. A hook that refuses an item refuses them all."""
        try:
            for _, method in hooks(cls, "before_load"):
                data = [method(item) for item in cast("Iterable[Any]", data)]
        except InvalidError as error:
            raise InvalidError(error.normalized_messages()) from None
        if not isinstance(data, Sequence) or isinstance(data, str | bytes):
            raise InvalidError({"_schema": [cls.texts.get("type", TEXTS["type"])]})
        if unknown is None:
            quick = [_quickly(cls, item) for item in data]
            if None not in quick:
                return quick
        items = [Given(item, unknown, is_prepared=True) for item in data]
        if len(items) > 1 and any(hooks(cls, "check")):
            invalid = any(_tried(cls, replace(item, checks=False))[1] for item in items)
            items = [replace(item, is_one_of_invalid=invalid) for item in items]
        results = [_tried(cls, item) for item in items]
        if messages := {index: said for index, (_, said) in enumerate(results) if said}:
            raise InvalidError(messages)
        return [loaded for loaded, _ in results]

    @classmethod
    def problems(cls, data: object) -> Messages:
        """What is wrong with the data, or an empty dictionary."""
        try:
            cls.load(data)
        except InvalidError as error:
            return error.messages_dict
        return {}

    @classmethod
    def problems_many(cls, data: object) -> Messages:
        """As `problems` for a list."""
        try:
            cls.load_many(data)
        except InvalidError as error:
            return error.messages_dict
        return {}

    @classmethod
    def dump(cls, source: Any) -> dict[str, Any]:
        """What the client sees of a row, object or dictionary: converted, not validated, without what is missing."""
        for _, method in hooks(cls, "before_dump"):
            source = method(source)
        if isinstance(source, Schema):
            source = source.to_dict()
        dumped: Any = {}
        for field in _dump_plan(cls):
            value = field.dumped(source)
            if value is not MISSING:
                dumped[field.key] = value
        for _, method in hooks(cls, "after_dump"):
            dumped = method(dumped)
        return dumped  # type: ignore[no-any-return]  # a hook may return what it likes

    @classmethod
    def dump_many(cls, sources: Iterable[Any]) -> list[dict[str, Any]]:
        """As `dump` for several."""
        return [cls.dump(source) for source in sources]

    def to_dict(self) -> dict[str, Any]:
        """The fields that were sent or have a default, with their Python values; nested ones are dictionaries, too."""
        left_out = _optional_fields(type(self)) - self.__pydantic_fields_set__
        found = {
            name: value if type(value) in PLAIN else schemas_to_dicts(value)
            for name, value in self.__dict__.items()
            if name not in left_out
        }
        if paths := _paths(type(self)):
            flat, found = found, {}
            for name, value in flat.items():
                put(found, paths.get(name, name), value)
        return {**found, **self.__pydantic_extra__} if self.__pydantic_extra__ else found

    @classmethod
    def has_hooks(cls, *kinds: When) -> bool:
        """Whether there are hooks of one of these kinds."""
        return any(hooks(cls, kind) for kind in kinds)

    @model_validator(mode="wrap")
    @classmethod
    def _load(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Sorted):
            return validate(data)
        if data is None:
            raise refusal("null", TEXTS["null"])
        given = data if isinstance(data, Given) else Given(data)
        try:
            prepared = given.data if given.is_prepared else _prepared(cls, given.data)
        except InvalidError as error:
            raise refused(error.normalized_messages()) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error
        known, extra, messages = _sorted_out(cls, prepared, given.unknown)
        try:
            if not isinstance(known, Mapping):
                raise InvalidError([cls.texts.get("type", TEXTS["type"])])
            loaded = validate(Sorted(known))
        except InvalidError as error:
            messages = error.normalized_messages()
            loaded = _partial(cls, {}, set())
        except ValidationError as error:
            for one in error.errors(include_url=False):
                messages = merged(messages, placed(one["loc"] or ["_schema"], _said(cls, one)))
            loaded = _valid_part(cls, known, messages)
        try:
            messages = _check_fields(loaded, messages)
            if given.checks:
                messages = _check_whole(loaded, messages, bool(messages) or given.is_one_of_invalid)
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error
        if messages:
            raise refused(messages)
        if extra:
            object.__setattr__(loaded, "__pydantic_extra__", {**(loaded.model_extra or {}), **extra})
        return loaded


@dataclass(frozen=True)
class MadeBy:
    """A field whose loaded data becomes an object: `start: Annotated[Point, MadeBy(PointIn, PointIn.make_point)]`."""

    schema: type[Schema]
    make: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._made, handler.generate_schema(self.schema))

    def _made(self, loaded: Schema) -> object:
        try:
            return self.make(loaded)
        except InvalidError as error:
            raise refused(error.normalized_messages()) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error


def _tried(schema: type[Schema], given: Given) -> tuple[Any, Messages]:
    """What was loaded, or what is wrong."""
    try:
        return schema.model_validate(given), {}
    except ValidationError as error:
        return None, said(error.errors(include_url=False)[0])
    except UnexpectedError as error:
        raise error.original from None


def _quickly(schema: type[Schema], data: Any) -> Any:
    """What was loaded, checks of it included; None where something is wrong with it."""
    loaded = quickly(schema, data)
    if loaded is not None and schema.has_hooks("check_field", "check"):
        messages = _check_fields(loaded, {})
        if messages or _check_whole(loaded, messages, False):
            return None
    return loaded


def _prepared(schema: type[Schema], data: Any) -> Any:
    for _, method in hooks(schema, "before_load"):
        data = method(data)
    return data


def _sorted_out(schema: type[Schema], data: Any, unknown: Unknown | None) -> tuple[Any, Messages, Messages]:
    """The data that the model shall see, unknown keys to keep beside it, and messages about unknown keys."""
    if isinstance(data, Mapping) and type(data) is not dict:
        # A form's or query's mapping may hold lists inside; its own look-up tells which value counts.
        data = {key: data[key] for key in data}
    if not isinstance(data, Mapping):
        return data, {}, {}
    known = _keys(schema)
    rest = {key: value for key, value in data.items() if key not in known}
    if not rest:
        return data, {}, {}
    unknown = unknown or schema.model_config["extra"]
    text = schema.texts.get("unknown", TEXTS["unknown"])
    messages = {key: [text] for key in rest} if unknown == "forbid" else {}
    return {key: data[key] for key in data if key in known}, rest if unknown == "allow" else {}, messages


def _said(schema: type[Schema], error: Any) -> Any:
    """What this schema says where Pydantic reports this: a missing or unknown key, or else what a field said."""
    match error["type"]:
        case "extra_forbidden":
            return [schema.texts.get("unknown", TEXTS["unknown"])]
        case "missing":
            own = _required_texts(schema).get(error["loc"][0], TEXTS["required"])
            return [own] if isinstance(own, str) else own
    return said(error)


def _valid_part(schema: type[Schema], data: Mapping[str, Any], messages: Messages) -> Any:
    """An object that holds only the fields that are valid, for the checks that run in any case."""
    values: dict[str, Any] = {}
    present = set()
    if any(hooks(schema, "check_field")) or any(hook.always for hook, _ in hooks(schema, "check")):
        loaders = {name: method for hook, method in hooks(schema, "load_field") for name in hook.fields}
        for name, field in schema.model_fields.items():
            key = field.alias or name
            if key in messages:
                continue
            if key in data:
                value = loaders[name](data[key]) if name in loaders else data[key]
                values[name] = _adapter(schema, name).validate_python(value)
                present.add(name)
            else:
                values[name] = field.get_default(call_default_factory=True, validated_data={})
    return _partial(schema, values, present)


def _partial(schema: type[Schema], values: dict[str, Any], present: set[str]) -> Any:
    loaded = schema.__new__(schema)
    state = {"__pydantic_fields_set__": present, "__pydantic_extra__": None, "__pydantic_private__": None}
    for name, value in {"__dict__": values, **state}.items():
        object.__setattr__(loaded, name, value)
    return loaded


def _check_fields(loaded: Schema, messages: Messages) -> Messages:
    values = loaded.to_dict() if any(hooks(type(loaded), "check_field")) else {}
    paths = _paths(type(loaded))
    for hook, method in hooks(type(loaded), "check_field"):
        for name in hook.fields:
            place = paths.get(name, name)
            if place not in values:
                continue
            key = type(loaded).model_fields[name].alias or name
            try:
                method(values[place], key)
            except InvalidError as error:
                messages = merged(messages, {key: error.messages})
                # As Marshmallow does: what failed is no longer part of the data that later checks see.
                del values[place], vars(loaded)[name]
    return messages


def _check_whole(loaded: Schema, messages: Messages, failed_before: bool) -> Messages:
    keys = _keys_by_place(type(loaded))
    for hook, method in hooks(type(loaded), "check"):
        if failed_before and not hook.always:
            continue
        try:
            method(loaded)
        except InvalidError as error:
            key = keys.get(error.field_name, error.field_name)
            messages = merged(messages, said_about(key, error.messages))
    return messages


@cache
def _optional_fields(schema: type[Schema]) -> frozenset[str]:
    """The fields that are absent where they were not sent."""
    return frozenset(name for name, field in schema.model_fields.items() if field.default_factory is _absent)


@cache
def _paths(schema: type[Schema]) -> dict[str, str]:
    """The fields whose values are inside others of the dictionary, and where."""
    found = {name: path_of(name, field.metadata) for name, field in schema.model_fields.items()}
    return {name: path for name, path in found.items() if path != name}


@cache
def _keys_by_place(schema: type[Schema]) -> dict[str, str]:
    """The keys that clients know the fields by, by the names that the loaded dictionary has for them."""
    return {_paths(schema).get(name, name): field.alias or name for name, field in schema.model_fields.items()}


@cache
def _keys(schema: type[Schema]) -> frozenset[str]:
    """The keys that clients know the fields by."""
    return frozenset(field.alias or name for name, field in schema.model_fields.items())


@cache
def _adapter(schema: type[Schema], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(schema.model_fields[name].rebuild_annotation())


@cache
def _required_texts(schema: type[Schema]) -> dict[str | int, Any]:
    return {
        field.alias or name: texts["required"]
        for name, field in schema.model_fields.items()
        for texts in field.metadata
        if isinstance(texts, Texts) and "required" in texts
    }


@cache
def _dump_plan(schema: type[Schema]) -> list[DumpedField]:
    if not schema.__pydantic_complete__:
        schema.model_rebuild()
    return [
        DumpedField(
            path_of(name, field.metadata),
            field.alias or name,
            converter(field.annotation, field.metadata),
            None if field.is_required() or field.default_factory is _absent else field,
            computation(schema, field.metadata),
        )
        for name, field in schema.model_fields.items()
    ]
