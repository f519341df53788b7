"""Bodies that are checked against the fields of a model, as Flask-RESTX does with `expect(model, validate=True)`.

Preserves: the JSON Schema that Flask-RESTX makes of a model, or is given, and what the `jsonschema` package says of a
body by it, as a 400 with all `errors` by their place.

To live without it: take the body as a Pydantic model with these types; clients get a 422 in FastAPI's words.
"""

import re
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from jsonschema import FormatChecker  # type: ignore[import-untyped]  # its types are a package apart
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # as well

from .marshalling import fields_of
from .restx import api_error
from .restx_fields import Fields, Inside, List, Nested, Raw, Wildcard

MESSAGE = "Input payload validation failed"
MISSING = re.compile(r"u?\'(?P<name>.*)\' is a required property", re.IGNORECASE)
CHECKING = (
    "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "enum", "minItems", "maxItems", "uniqueItems",
)  # fmt: skip
"""The keywords of JSON Schema that fields document and bodies are held to."""


Model = type[Fields] | dict[str, Any]
"""What bodies are held to: fields, or a JSON Schema."""


def check(data: Any, model: Model, formats: FormatChecker | None = None) -> None:
    """Raise a 400 for a body that is not what a model says, with these `formats` of texts."""
    schema = schema_of(model) if isinstance(model, type) else model
    validator = validator_for(schema)(schema, format_checker=formats)
    if errors := dict(map(placed, validator.iter_errors(data))):
        raise api_error(400, MESSAGE, errors=errors)


def check_each(data: Any, model: Model, formats: FormatChecker | None = None) -> None:
    """Raise a 400 for the first item of a body that is not what a model says; no list is a single item."""
    for one in data if isinstance(data, list) else [data]:
        check(one, model, formats)


def placed(error: Any) -> tuple[str, str]:
    """Where an error is, and what it says."""
    place = list(error.path)
    if error.validator == "required" and (missing := MISSING.match(error.message)):
        place.append(missing["name"])
    return ".".join(map(str, place)), error.message


@cache
def schema_of(fields: type[Fields]) -> dict[str, Any]:
    """The JSON Schema of a class: nothing more is allowed than its fields where it forbids that."""
    required = sorted(info.alias or name for name, info in fields.model_fields.items() if info.is_required())
    pairs = zip(fields_of(fields), fields.model_fields.values(), strict=True)
    told = {key: told_of(field, limits(info), info.annotation) for (key, field), info in pairs}
    strict = {"additionalProperties": False} if fields.model_config.get("extra") == "forbid" else {}
    return {**({"required": required} if required else {}), "properties": told, "type": "object", **strict}


def limits(info: Any) -> dict[str, Any]:
    """The keywords of JSON Schema that are documented of a field, or of what is in a list."""
    extra = getattr(info, "json_schema_extra", None)
    return extra if isinstance(extra, dict) else {}


def told_of(field: Any, told: dict[str, Any], kind: Any) -> dict[str, Any]:
    """The JSON Schema of a field of a type, of which these keywords are documented."""
    assert isinstance(field, Raw)
    schema: dict[str, Any]
    match field:
        case Nested():
            schema = schema_of(field.fields)
            many = {"type": "array", "items": schema} if field.as_list else schema
            return {"anyOf": [many, {"type": "null"}]} if field.documented.get("nullable") else many
        case Inside():
            return {}
        case List():
            schema = {"type": "array", "items": item_told(field.container, kind)}
        case Wildcard():
            schema = {"type": "object", "additionalProperties": told_of(field.container, {}, kind)}
        case _:
            shape = {"type": field.__schema_type__, "format": field.__schema_format__}
            schema = {name: value for name, value in shape.items() if value is not None}
    return schema | {name: told[name] for name in CHECKING if name in told}


def item_told(field: Any, kind: Any) -> dict[str, Any]:
    """The JSON Schema of what is in a list of a type: `list[Annotated[int, Field(...)]]`, maybe or null."""
    within = next((get_args(one)[0] for one in (kind, *get_args(kind)) if get_origin(one) is list), None)
    if get_origin(within) is not Annotated:
        return told_of(field, {}, within)
    shown, *metadata = get_args(within)
    return told_of(field, {name: value for one in metadata for name, value in limits(one).items()}, shown)
