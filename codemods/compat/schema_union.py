"""Schemas that stand for others: a key of what is loaded, and the class of what is dumped, tells which of them it is.

Preserves: marshmallow-oneofschema's `OneOfSchema`: its messages, what becomes of the key, and what is dumped in place
of an object of which no schema is known.

To live without it: give each schema a `type: Literal[…]` of its own, and write the union as
`Annotated[Circle | Square, Field(discriminator="type")]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, ModelWrapValidatorHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .converter import refusal
from .models import Model, Unknown
from .schema import Schema
from .schema_containers import TEXTS, Given, refused
from .schema_errors import InvalidError, Messages, UnexpectedError
from .schema_hooks import hooks


class TaggedUnion(Model):
    """Base of such schemas. `type_schemas` are those that it stands for, by the values of the key `type_field`; the
    key itself is no part of what these load, unless `type_field_remove` is False."""

    type_field: ClassVar[str] = "type"
    type_field_remove: ClassVar[bool] = True
    type_schemas: ClassVar[Mapping[Any, type[Schema] | type[TaggedUnion]]] = {}

    loaded: Any
    """The loaded object: of one of the classes in `type_schemas`."""
    made: Any = None
    """What that class makes of it, or its dictionary."""

    @classmethod
    def load(cls, data: Any, *, unknown: Unknown | None = None) -> Self:
        """The validated data; raises `InvalidError` with the messages of the schema that it is for."""
        try:
            return cls._chosen(data, unknown)
        except InvalidError as error:
            valid = error.valid_data
            raise InvalidError(error.normalized_messages(), find_valid=lambda: [valid]) from None

    @classmethod
    def load_many(cls, data: Any, *, unknown: Unknown | None = None) -> list[Self]:
        """As `load` for several; messages stand under the item's index."""
        found: list[Self] = []
        valid: list[Any] = []
        wrong: Messages = {}
        for index, item in enumerate(data):
            try:
                found.append(cls._chosen(item, unknown))
                valid.append(found[-1].made)
            except InvalidError as error:
                wrong[index] = error.normalized_messages()
                valid.append(error.valid_data)
        if wrong:
            raise InvalidError(wrong, find_valid=lambda: valid)
        return found

    @classmethod
    def dump(cls, source: Any) -> Any:
        """What the client sees of an object, with the key that tells what it is; `None` and a message for an object
        of which no schema is known."""
        kind = cls.get_obj_type(source)
        if kind is None:
            return None, {"_schema": f"Unknown object class: {source.__class__.__name__}"}
        schema = cls.type_schemas.get(kind)
        if schema is None:
            return None, {"_schema": f"Unsupported object type: {kind}"}
        dumped = schema.dump(source)
        if dumped is not None:
            dumped[cls.type_field] = kind
        return dumped

    @classmethod
    def dump_many(cls, sources: Iterable[Any]) -> list[Any]:
        """As `dump` for several."""
        found: list[Any] = []
        wrong: Messages = {}
        for index, source in enumerate(sources):
            try:
                found.append(cls.dump(source))
            except InvalidError as error:
                wrong[index] = error.normalized_messages()
        if wrong:
            raise InvalidError(wrong)
        return found

    @classmethod
    def get_obj_type(cls, obj: Any) -> Any:
        """What an object is, when it is dumped; a schema may look elsewhere."""
        return obj.__class__.__name__

    @classmethod
    def get_data_type(cls, data: dict[Any, Any]) -> Any:
        """What data is for, when it is loaded; a schema may look elsewhere."""
        return data.pop(cls.type_field, None) if cls.type_field_remove else data.get(cls.type_field)

    def to_dict(self) -> dict[str, Any]:
        """What was loaded, without what the class makes of it."""
        found: dict[str, Any] = self.loaded.to_dict()
        return found

    def result(self) -> Any:
        """What the class of the loaded object makes of it, or its dictionary."""
        return self.made

    @model_validator(mode="wrap")
    @classmethod
    def _load(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        if data is None:
            raise refusal("null", TEXTS["null"])
        given = data if isinstance(data, Given) else Given(data)
        try:
            return cls.load(given.data, unknown=given.unknown)
        except InvalidError as error:
            raise refused(error.messages, error.find_valid) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error

    @classmethod
    def _chosen(cls, data: Any, unknown: Unknown | None) -> Self:
        if not isinstance(data, Mapping):
            raise InvalidError({"_schema": f"Invalid data type: {data}"})
        data = {key: data[key] for key in data}
        kind = cls.get_data_type(data)
        if kind is None:
            raise InvalidError({cls.type_field: [TEXTS["required"]]})
        try:
            schema = cls.type_schemas.get(kind)
        except TypeError:  # what is no key of a dictionary
            raise InvalidError({cls.type_field: [f"Invalid value: {kind}"]}) from None
        if schema is None:
            raise InvalidError({cls.type_field: [f"Unsupported value: {kind}"]})
        loaded = schema.load(data, unknown=unknown or cls.model_config["extra"])
        makers = hooks(type(loaded), "after_load")
        made = makers[-1][1](loaded) if makers else loaded.to_dict()
        return cls.model_construct(loaded=loaded, made=made)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        if cls in _described.get():
            return {}  # it holds itself: this is replaced by what the call around this one says
        told: JsonSchemaValue = {"title": cls.__name__, "type": "object"}
        token = _described.set(_described.get() | {cls})
        try:
            if handler.mode == "serialization" or cls.get_data_type.__func__ is TaggedUnion.get_data_type.__func__:  # type: ignore[attr-defined]  # a class method's
                choices = {kind: _with_key(cls, kind).__pydantic_core_schema__ for kind in cls.type_schemas}
                union = core_schema.tagged_union_schema(choices, discriminator=cls.type_field)
                told = {"title": cls.__name__, **handler(union)}
        finally:
            _described.reset(token)
        return {**told, "description": cls.__doc__} if cls.__doc__ else told


_described: ContextVar[frozenset[type]] = ContextVar("compat.schema_union", default=frozenset())
"""The unions whose JSON schema is being made."""


@cache
def _with_key(union: type[TaggedUnion], kind: Any) -> type[Schema]:
    """The schema of a kind as clients know it: with the key that tells what it is."""
    schema: Any = union.type_schemas[kind]
    fields = schema.model_fields.items()
    name = next((name for name, field in fields if (field.alias or name) == union.type_field), "type_of_data")
    namespace = {
        "__module__": schema.__module__,
        "__doc__": schema.__doc__,
        "__annotations__": {name: Literal[kind]},
        name: Field(alias=union.type_field),
        "model_config": ConfigDict(extra=union.model_config["extra"]),
    }
    made: Any = type(f"{union.__name__}{schema.__name__}", (schema,), namespace)
    if not made.__pydantic_complete__:
        made.model_rebuild(_types_namespace=vars(sys.modules[schema.__module__]))
    return cast("type[Schema]", made)
