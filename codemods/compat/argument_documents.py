"""What OpenAPI tells of the arguments that a request parser takes.

Preserves: their places, types, choices, defaults and help texts, as Flask-RESTX tells of them.

To live without it: declare `Query`, `Header` and `Cookie` parameters and a Pydantic model for the body.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

FILE = {"type": "string", "format": "binary"}
TYPES: dict[Any, str] = {int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
PARAMETERS = {"args": "query", "values": "query", "headers": "header", "cookies": "cookie"}
JSON, FORM = frozenset({"json"}), frozenset({"form", "values"})


class Documented(Protocol):
    """An argument, as far as it is told of."""

    name: str
    type: Any
    default: Any
    choices: Any
    help: str | None
    required: bool
    action: str

    @property
    def places(self) -> Sequence[str]: ...


def operation(arguments: Sequence[Documented]) -> dict[str, Any]:
    """What OpenAPI tells of an operation that parses these arguments."""
    found: dict[str, Any] = {}
    if parameters := [parameter(one) for one in arguments if PARAMETERS.keys() & set(one.places)]:
        found["parameters"] = parameters
    has_files = any("files" in one.places for one in arguments)
    form = "multipart/form-data" if has_files else "application/x-www-form-urlencoded"
    content = {"application/json": body(arguments, JSON), form: body(arguments, FORM | {"files"})}
    if any(content.values()):
        found["requestBody"] = {"content": {kind: {"schema": schema} for kind, schema in content.items() if schema}}
    return found


def parameter(argument: Documented) -> dict[str, Any]:
    """An argument outside the body, or one that may stand there as well."""
    place = next(PARAMETERS[one] for one in argument.places if one in PARAMETERS)
    is_required = argument.required and len(argument.places) == 1
    told = {"description": argument.help} if argument.help else {}
    return {"name": argument.name, "in": place, "required": is_required, **told, "schema": schema_of(argument)}


def body(arguments: Iterable[Documented], places: frozenset[str]) -> dict[str, Any]:
    """The fields of a body of one kind; nothing where it has none."""
    inside = [one for one in arguments if places & set(one.places)]
    properties = {one.name: schema_of(one) | ({"description": one.help} if one.help else {}) for one in inside}
    required = [one.name for one in inside if one.required and len(one.places) == 1]
    told = {"type": "object", "properties": properties} | ({"required": required} if required else {})
    return told if properties else {}


def schema_of(argument: Documented) -> dict[str, Any]:
    """The values that an argument takes."""
    if "files" in argument.places:
        return {"type": "array", "items": FILE} if argument.action == "append" else FILE
    schema = dict(getattr(argument.type, "openapi_schema", None) or {"type": TYPES.get(argument.type, "string")})
    if argument.choices and is_json(choices := list(argument.choices)):
        schema["enum"] = choices
    if argument.action in ("append", "split"):
        schema = {"type": "array", "items": schema}
    if argument.default is not None and is_json(argument.default):
        schema["default"] = argument.default
    return schema


def is_json(value: Any) -> bool:
    """Whether a value can stand in a document."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True
