"""The short way for data that is valid: Pydantic's own checks, in place of those that have Marshmallow's texts to tell.

Preserves: nothing by itself. What it lets pass is loaded as the long way loads it; whatever it refuses goes that way.

To live without it: take the call of `quickly` out of `Schema.load` and `Schema.load_many`; loading then takes twice the
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from pydantic_core import SchemaValidator

from .converter import Converter
from .schema_checks import keys, left_empty, other_keys
from .schema_containers import Entries, Many, Texts
from .schema_effects import may_act
from .schema_hooks import When, hooks
from .validators import Validator

CHECKS: tuple[When, ...] = ("check_field", "check_all", "check")


class _NoShortcutError(Exception):
    """Something inside looks at data before it is checked, makes objects of it or does more: it must do so once."""


def quickly(schema: Any, data: Any) -> Any:
    """The loaded object; None where the data is not plainly valid."""
    if type(data) is not dict:
        return None
    validate = _validator(schema)
    try:
        return validate(data) if validate is not None else None
    except Exception:  # also an error of a check: the long way meets it, too, or knows that it does not get there
        return None


@cache
def _validator(schema: Any) -> Callable[[Any], Any] | None:
    if not schema.__pydantic_complete__:
        schema.model_rebuild()
    if _may_be_meant_otherwise(schema):
        return None
    try:
        return SchemaValidator(_whole(schema, schema.__pydantic_core_schema__)).validate_python
    except _NoShortcutError:
        return None


def _whole(schema: Any, node: Any) -> Any:
    """The model without the function around it, which looks at hooks: `Schema.load` does that."""
    _refuse_acting(method for kind in ("load_field", *CHECKS) for _, method in hooks(schema, kind))
    if node["type"] != "definitions":
        return _model(node)
    if node["schema"]["type"] != "definition-ref":
        return {**node, "schema": _model(node["schema"]), "definitions": list(map(_quick, node["definitions"]))}
    if schema.has_hooks("before_load", *CHECKS):
        raise _NoShortcutError  # it holds itself
    return _quick(node)


def _model(node: Any) -> Any:
    model = node["schema"]
    fields = {name: {**one, "schema": _quick(one["schema"])} for name, one in model["schema"]["fields"].items()}
    reference = {"ref": node["ref"]} if "ref" in node else {}
    return {**model, **reference, "schema": {**model["schema"], "fields": fields}}


def _quick(node: Any) -> Any:
    """The same in Pydantic's own terms, as far as it can be said in these."""
    if "function" in node:
        _refuse_acting(_functions(node))
    match node["type"]:
        case "function-plain":
            owner = _owner(node)
            return owner.quick if isinstance(owner, Converter) and owner.quick is not None else node
        case "function-after":
            inner, owner = _quick(node["schema"]), _owner(node)
            if hasattr(owner, "make"):
                raise _NoShortcutError
            return owner.quick(inner) if isinstance(owner, Validator) else {**node, "schema": inner}
        case "function-wrap":
            return _unwrapped(node)
        case "default":
            return {**node, **_once(node), "schema": _quick(node["schema"])}
        case "nullable":
            return {**node, "schema": _quick(node["schema"])}
        case "list":
            return {**node, "items_schema": _quick(node["items_schema"]), "strict": True}
        case "dict":
            inner = {name: _quick(node[name]) for name in ("keys_schema", "values_schema") if name in node}
            return {**node, **inner, "strict": True}
        case "definitions":
            return {**node, "schema": _quick(node["schema"]), "definitions": list(map(_quick, node["definitions"]))}
    return node


def _unwrapped(node: Any) -> Any:
    function, owner = node["function"]["function"], _owner(node)
    is_entries = isinstance(function, partial) and function.func is Entries.load
    if is_entries or isinstance(owner, Texts):
        return _quick(node["schema"])
    if isinstance(function, partial) and function.func is Many.load:
        schema, _, unknown = function.args
        return node if unknown is not None or schema.has_hooks("check_all") else _quick(node["schema"])
    if hasattr(owner, "type_schemas"):
        raise _NoShortcutError  # the schemas that it stands for may look at data first, too
    if not isinstance(owner, type) or not hasattr(owner, "has_hooks"):
        return node
    if owner.has_hooks("before_load") or _may_be_meant_otherwise(owner):
        raise _NoShortcutError
    _refuse_acting(method for kind in ("load_field", *CHECKS) for _, method in hooks(owner, kind))
    return node if owner.has_hooks(*CHECKS) else _model(node)


def _may_be_meant_otherwise(schema: Any) -> bool:
    """Whether a field may be sent under another key, or count as not sent, or an unknown key that is kept be called as
    a field."""
    keeps_unknown = schema.model_config["extra"] == "allow"
    return bool(other_keys(schema) or left_empty(schema)) or (
        keeps_unknown and keys(schema) != schema.model_fields.keys()
    )


def _once(node: Any) -> dict[str, Any]:
    """The default of a field; one that something is done for is made on the long way, and not on both."""
    made_by = node.get("default_factory")
    return {"default_factory": _refuse} if made_by is not None and may_act(made_by) else {}


def _refuse() -> None:
    raise _NoShortcutError


def _refuse_acting(functions: Iterable[Any]) -> None:
    if any(may_act(one) for one in functions):
        raise _NoShortcutError


def _functions(node: Any) -> list[Any]:
    """The application's own functions that a type, or what stands beside it, was given."""
    function = node["function"]["function"]
    owner = getattr(function.func if isinstance(function, partial) else function, "__self__", None)
    listed = [one for name in ("checks", "functions") for one in getattr(owner, name, ())]
    alone = [getattr(owner, name, None) for name in ("check", "function")]
    own = [owner] if isinstance(owner, Validator) else []
    return [one for one in (*listed, *alone, *own) if callable(one)]


def _owner(node: Any) -> Any:
    return getattr(node["function"]["function"], "__self__", None)
