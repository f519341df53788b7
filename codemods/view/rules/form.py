"""`request.form` → form parameters.

    title = request.form["title"]
    →    def endpoint(title: Annotated[str | None, Form()] = None): required(title, "title")

An empty value is a value and a missing field is an error only where the code reaches it, as in Flask.
"""

import libcst as cst

from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.arguments import SPREAD, TYPES, default_fits, is_plain, literal, typed_parameter
from codemods.view.rules.json_body import BODY_OUT_OF_REACH, TWO_BODIES

FORM = "flask.request.form"


def parameter(
    translation: Translation, node: cst.BaseExpression, key: str, kind: str | None, default: str | None
) -> cst.BaseExpression:
    """The form parameter of this name."""
    if not translation.signature.injected:
        raise translation.refuse(BODY_OUT_OF_REACH, node, code(node))
    if translation.signature.find(("body", "")):
        raise translation.refuse(TWO_BODIES, node, code(node))
    found = typed_parameter(translation, "form", "Form", key, kind, default)
    if found is None:
        raise translation.refuse(SPREAD, node, code(node))
    return found


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.form.get(key, default, type=…)`."""
    bound = bind(call, "key", "default", "type")
    original = bind(written, "key", "default", "type") or {}
    key = string(bound.get("key")) if bound else None
    kind = TYPES.get(translation.names.qualified(original["type"]) or "") if "type" in original else None
    if bound is None or key is None or ("type" in bound and kind is None):
        raise translation.refuse(SPREAD, written, code(written))
    default = bound.get("default")
    value = literal(default)
    known = translation.signature.find(("form", key))
    if (known is not None and kind is None) or value is None or not default_fits(kind or "str", value):
        value = "None"
    found = parameter(translation, written, key, kind, value)
    if default is None or (value != "None" or code(default) == "None"):
        return found
    if not is_plain(default):
        raise translation.refuse(SPREAD, written, code(written))
    return expression("({default} if {name} is None else {name})", default=default, name=found)


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.form["key"]`: 400 where it is missing, when the expression is reached."""
    key = None
    if len(updated.slice) == 1 and isinstance(updated.slice[0].slice, cst.Index):
        key = string(updated.slice[0].slice.value)
    if key is None:
        raise translation.refuse(SPREAD, written, code(written))
    required = translation.need(".compat.query", "required")
    value = parameter(translation, written, key, None, None)
    return expression(required + "({value}, " + repr_key(key) + ")", value=value)


def repr_key(key: str) -> str:
    """A string literal for a key, safe in a template."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}") + '"'


RULE = Rule(calls={f"{FORM}.get": get}, subscripts={FORM: item})
