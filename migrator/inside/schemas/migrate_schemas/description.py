"""What a live Marshmallow schema takes and gives, as JSON: what inputs are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .sides import Sides

LIBRARIES = ("marshmallow.fields", "marshmallow_sqlalchemy", "flask_marshmallow", "marshmallow_oneofschema")
PLAIN = ("format", "precision", "places", "constant", "strict", "allow_nan", "as_string", "delimiter", "field_name")
"""What fields have besides what all of them have, where JSON can hold it."""
LONGEST_HINT = 30
BOUNDS = ("min", "max", "equal", "min_inclusive", "max_inclusive", "choices", "iterable", "comparable")
"""What validators hold that tells which values are near the line."""


def describe(sides: Sides) -> dict[str, Any]:
    """The schema and all that it nests, as a list: the first is the schema itself, fields name others by index."""
    found: list[dict[str, Any]] = []
    _schema(sides.schema(), found, {})
    sides.names = frozenset(one[name] for schema in found for one in schema["fields"] for name in ("key", "attribute"))
    return {"schemas": found, "patch": sides.patch is not None, "finish": sides.finish}


def _schema(schema: Any, found: list[dict[str, Any]], known: dict[Any, int]) -> int:
    key = (type(schema), tuple(sorted(schema.fields)))
    if key in known:
        return known[key]
    known[key] = index = len(found)
    found.append({})
    loaded, dumped = set(schema.load_fields.values()), set(schema.dump_fields.values())
    found[index] = {
        "name": type(schema).__name__,
        "hints": sorted(hints(schema), key=repr),
        "fields": [
            {
                **_field(field, found, known),
                "key": field.data_key if field.data_key is not None else name,
                "attribute": field.attribute or name,
                "loads": field in loaded,
                "dumps": field in dumped,
            }
            for name, field in schema.fields.items()
        ],
    }
    if hasattr(schema, "type_schemas"):
        found[index] |= {"kinds": _kinds(schema, found, known), "kind_key": schema.type_field}
    return index


def _kinds(schema: Any, found: list[dict[str, Any]], known: dict[Any, int]) -> list[dict[str, Any]]:
    """The schemas that one of marshmallow-oneofschema stands for, with the values that tell which is meant."""
    others = {kind: one if hasattr(one, "fields") else one() for kind, one in schema.type_schemas.items()}
    return [{"value": kind, "schema": _schema(one, found, known)} for kind, one in others.items() if _is_json(kind)]


def hints(schema: Any) -> set[Any]:
    """The numbers and words that stand in the schema's own code: values that its checks may ask for."""
    owners = [one for one in type(schema).__mro__ if not one.__module__.startswith(("marshmallow", "builtins"))]
    found = [getattr(one, "__func__", one) for owner in owners for one in vars(owner).values()]
    found += [check for field in schema.fields.values() for check in field.validators]
    codes = [one.__code__ for one in found if hasattr(one, "__code__")]
    constants: set[Any] = set()
    while codes:
        for one in codes.pop().co_consts:
            if hasattr(one, "co_consts"):
                codes.append(one)
            constants |= {each for each in (one if isinstance(one, tuple | frozenset) else (one,)) if _is_hint(each)}
    return constants


def _is_hint(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_HINT and not any(map(str.isspace, value))
    return type(value) in (int, float) and abs(value) < 10**12


def _field(field: Any, found: list[dict[str, Any]], known: dict[Any, int]) -> dict[str, Any]:
    kinds = [one.__name__ for one in type(field).__mro__ if one.__module__.startswith(LIBRARIES)]
    described: dict[str, Any] = {
        "kind": kinds[0] if kinds else "Raw",
        "required": field.required,
        "allow_none": field.allow_none,
        "checks": [_check(one) for one in field.validators],
        **{name: getattr(field, name) for name in PLAIN if _is_json(getattr(field, name, None))},
    }
    if hasattr(field, "schema") and hasattr(field, "nested"):
        described |= {"schema": _schema(field.schema, found, known), "many": bool(field.many or field.schema.many)}
    if getattr(field, "inner", None) is not None:
        described["items"] = [_field(field.inner, found, known)]
    if getattr(field, "tuple_fields", None) is not None:
        described["items"] = [_field(one, found, known) for one in field.tuple_fields]
    if hasattr(field, "key_field"):
        inner = (field.key_field, field.value_field)
        described["items"] = [_field(one, found, known) if one else {"kind": "Raw", "checks": []} for one in inner]
    if described["kind"] == "Enum":
        described |= _members(field)
    for name in ("truthy", "falsy"):
        values = list(getattr(field, name, ()) or ())
        described[name] = [one for one in values if _is_json(one)]
    return described


def _members(field: Any) -> dict[str, Any]:
    owner = field.enum
    return {
        "enum": [owner.__module__, owner.__qualname__],
        "members": list(owner.__members__),
        "values": [one.value for one in owner if _is_json(one.value)],
        "by_value": bool(field.by_value),
    }


def _check(check: Any) -> dict[str, Any]:
    """A validator: its class, and the bounds that it has."""
    described: dict[str, Any] = {"kind": type(check).__name__}
    for name in BOUNDS:
        value = getattr(check, name, None)
        if isinstance(value, set | frozenset | tuple | Mapping):
            value = list(value)
        if value is not None and _is_json(value):
            described[name] = value
    pattern = getattr(getattr(check, "regex", None), "pattern", None)
    if type(check).__name__ == "Regexp" and isinstance(pattern, str):
        described |= {"pattern": pattern, "flags": check.regex.flags}
    inner = getattr(check, "validators", None)
    if isinstance(inner, list | tuple):
        described["checks"] = [_check(one) for one in inner]
    return described


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return value is not None
