"""What `Schema.load` does once its fields have been looked at: their messages, checks, and what of the data is valid.

Preserves: the order of messages, checks that run although something is invalid, and the data that they see then.

To live without it: Pydantic's own validators; the first one that fails is the last one that is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import TypeAdapter

from .converter import Converter
from .schema_containers import TEXTS, AlsoCalled, Texts, said
from .schema_dumping import path_of
from .schema_errors import Find, InvalidError, Messages, merged, said_about
from .schema_hooks import When, asked_for, hooks
from .schema_valid_parts import finders, valid_part

if TYPE_CHECKING:
    from .schema import Schema

WHOLE: tuple[When, ...] = ("check_all", "check")
"""Checks of more than a field."""


def said_by(schema: type[Schema], error: Any) -> Any:
    """What this schema says where Pydantic reports this: a missing or unknown key, or else what a field said."""
    match error["type"]:
        case "extra_forbidden":
            return [schema.texts.get("unknown", TEXTS["unknown"])]
        case "missing":
            own = _required_texts(schema).get(error["loc"][0], TEXTS["required"])
            return [own] if isinstance(own, str) else own
    return said(error)


def valid_fields(schema: type[Schema], data: Mapping[str, Any], messages: Messages, errors: Iterable[Any]) -> Any:
    """An object that holds only what is valid; `errors` are Pydantic's."""
    values: dict[str, Any] = {}
    present = set()
    loaders = {name: method for hook, method in hooks(schema, "load_field") for name in hook.fields}
    for name, field in schema.model_fields.items():
        key = field.alias or name
        if key in messages:
            # What is left may be empty: Marshmallow then takes it for missing.
            part = valid_part(field.rebuild_annotation(), data.get(key), finders(errors, key), messages[key])
            if part:
                values[name] = part
                present.add(name)
        elif key in data:
            value = loaders[name](data[key]) if name in loaders else data[key]
            values[name] = _adapter(schema, name).validate_python(value)
            present.add(name)
        else:
            values[name] = field.get_default(call_default_factory=True, validated_data={})
    return partly(schema, values, present)


def partly(schema: type[Schema], values: dict[str, Any], present: set[str]) -> Any:
    """An object of the schema that has these values, and no others."""
    loaded = schema.__new__(schema)
    state = {"__pydantic_fields_set__": present, "__pydantic_extra__": None, "__pydantic_private__": None}
    for name, value in {"__dict__": values, **state}.items():
        object.__setattr__(loaded, name, value)
    return loaded


def looks_at_valid(schema: type[Schema]) -> bool:
    """Whether something of the schema looks at data of which a part is invalid."""
    always = any(hook.always for kind in WHOLE for hook, _ in hooks(schema, kind))
    return always or bool(hooks(schema, "check_field"))


def check_fields(loaded: Schema, messages: Messages) -> Messages:
    """The messages, with those of checks of single fields."""
    schema = type(loaded)
    values = loaded.to_dict() if hooks(schema, "check_field") else {}
    for hook, method in hooks(schema, "check_field"):
        for name in hook.fields:
            place = paths(schema).get(name, name)
            if place not in values:
                continue
            key = schema.model_fields[name].alias or name
            try:
                method(values[place], key)
            except InvalidError as error:
                messages = merged(messages, {key: error.messages})
                # As Marshmallow does: what failed is no longer part of the data that later checks see.
                if not hook.stays:
                    del values[place], vars(loaded)[name]
    return messages


def check_together(
    schema: type[Schema], find: Find, messages: Messages, original: Any, *, many: bool = False
) -> Messages:
    """The messages, with those of checks of all that is loaded; `find` gives what of it is valid."""
    failed = bool(messages)
    for hook, method in hooks(schema, "check_all"):
        if failed and not hook.always:
            continue
        try:
            method(find(), **asked_for(method, many=many, original=original))
        except InvalidError as error:
            messages = merged(messages, _said(schema, error))
    return messages


def check_whole(loaded: Schema, messages: Messages, failed: bool, original: Any, *, many: bool = False) -> Messages:
    """The messages, with those of checks of the whole."""
    for hook, method in hooks(type(loaded), "check"):
        if failed and not hook.always:
            continue
        try:
            method(loaded, **asked_for(method, many=many, original=original))
        except InvalidError as error:
            messages = merged(messages, _said(type(loaded), error))
    return messages


def _said(schema: type[Schema], error: InvalidError) -> Messages:
    key = _keys_by_name(schema).get(error.field_name, error.field_name)
    return said_about(key, error.messages)


@cache
def paths(schema: type[Schema]) -> dict[str, str]:
    """The fields whose values are elsewhere in the dictionary than under their name, and where."""
    found = {name: path_of(name, field.metadata) for name, field in schema.model_fields.items()}
    return {name: path for name, path in found.items() if path != name}


@cache
def keys(schema: type[Schema]) -> frozenset[str]:
    """The keys that clients know the fields by."""
    return frozenset(field.alias or name for name, field in schema.model_fields.items())


@cache
def left_empty(schema: type[Schema]) -> frozenset[str]:
    """The keys of fields whose empty texts and lists count as not sent."""
    fields = schema.model_fields.items()
    return frozenset(one.alias or name for name, one in fields if _leaves_empty(one.annotation, one.metadata))


def _leaves_empty(annotation: Any, metadata: Iterable[Any]) -> bool:
    if any(isinstance(one, Converter) and one.leaves_empty for one in metadata):
        return True
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _leaves_empty(parts[0], parts[1:])
    return get_origin(annotation) in (Union, UnionType) and any(_leaves_empty(one, ()) for one in parts)


def is_empty(value: Any) -> bool:
    """Whether it is a text or list with nothing in it."""
    return isinstance(value, str | bytes | list | tuple) and not value


def by_own_keys(schema: type[Schema], data: Any) -> tuple[Any, Mapping[str, str]]:
    """The data with each field under its own key, and the keys that were sent in place of these."""
    others = other_keys(schema)
    sent = {key: other for other, key in others.items() if other in data} if isinstance(data, Mapping) else {}
    if not sent:
        return data, sent
    taken = {*sent, *sent.values()}
    return {**{key: data[key] for key in data if key not in taken}, **{key: data[sent[key]] for key in sent}}, sent


@cache
def other_keys(schema: type[Schema]) -> dict[str, str]:
    """The keys that fields are also called by, each with the field's own key."""
    return {
        mark.key: field.alias or name
        for name, field in schema.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, AlsoCalled)
    }


@cache
def _keys_by_name(schema: type[Schema]) -> dict[str, str]:
    """The keys that clients know the fields by, by the names that checks have for them.

    That is a field's name in the loaded dictionary, where the class had to give it another one, but for a field whose
    value is inside another.
    """
    places = {name: paths(schema).get(name, name) for name in schema.model_fields}
    return {
        name if "." in places[name] else places[name]: field.alias or name
        for name, field in schema.model_fields.items()
    }


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
