"""`request.form` → form parameters.

    title = request.form["title"]
    →    def endpoint(title: Annotated[str | None, Form()] = None): required(title, "title")

An empty value is a value and a missing field is an error only where the code reaches it, as in Flask.
"""

import libcst as cst

from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.arguments import TYPES, default_fits, is_plain, literal, typed_parameter
from codemods.view.rules.json_body import BODY_OUT_OF_REACH, TWO_BODIES
from codemods.view.rules.wholes import SPREAD, whole_calls
from codemods.view.signature import Parameter

FORM = "flask.request.form"
VALUES = "flask.request.values"


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
    if bound is not None and "key" in bound and key is None:
        return arg(translation, written, whole(translation, written), bound)
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
        return required_item(translation, written, updated, whole(translation, written))
    required = translation.need(".compat.query", "required")
    value = parameter(translation, written, key, None, None)
    return expression(required + "({value}, " + repr_key(key) + ")", value=value)


def repr_key(key: str) -> str:
    """A string literal for a key, safe in a template."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}") + '"'


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.form.getlist(key)`."""
    bound = bind(call, "key")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    return expression("{form}.getlist({key})", form=whole(translation, written), key=bound["key"])


def check(translation: Translation, node: cst.BaseExpression) -> None:
    """Raise `Refused` where this function cannot have the form."""
    if not translation.signature.injected:
        raise translation.refuse(BODY_OUT_OF_REACH, node, code(node))
    if translation.signature.find(("body", "")):
        raise translation.refuse(TWO_BODIES, node, code(node))


def whole(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.form` as a dictionary of first values."""
    return dictionary(translation, node, "form", "WholeForm")


def values(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.values` as a dictionary of first values."""
    return dictionary(translation, node, "values", "Values")


def dictionary(translation: Translation, node: cst.BaseExpression, name: str, kind: str) -> cst.BaseExpression:
    """The parameter of a kind that `compat.form` declares."""
    check(translation, node)
    source = ("form", f" {name}")
    known = translation.signature.find(source)
    free = known.name if known else translation.signature.free_name(name, "sent")
    return translation.ask(Parameter(free, kind, None, source, frozenset({Need(".compat.form", kind)})))


def arg(
    translation: Translation, written: cst.Call, held: cst.BaseExpression, bound: dict[str, cst.BaseExpression]
) -> cst.BaseExpression:
    """`.get(key, default, type=…)` of a whole."""
    helper = translation.need(".compat.query", "arg")
    rest = "".join(f", {name}={{{name}}}" for name in ("default", "type") if name in bound)
    return expression(f"{helper}({{held}}, {{key}}{rest})", held=held, **bound)


def required_item(
    translation: Translation, written: cst.Subscript, updated: cst.Subscript, held: cst.BaseExpression
) -> cst.BaseExpression:
    """`[key]` of a whole: 400 where it is missing."""
    match updated.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=index))]:
            required, read = (translation.need(".compat.query", name) for name in ("required", "arg"))
            return expression(f"{required}({read}({{held}}, {{key}}), {{key}})", held=held, key=index)
        case _:
            raise translation.refuse(SPREAD, written, code(written))


def values_get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.values.get(key, default)`; with `type=` a form's value counts where the query's does not fit."""
    bound = bind(call, "key", "default")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    return arg(translation, written, values(translation, written), bound)


def values_item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.values[key]`."""
    return required_item(translation, written, updated, values(translation, written))


RULE = Rule(
    iterables=frozenset({FORM}),
    calls={
        f"{FORM}.get": get,
        f"{FORM}.getlist": getlist,
        **whole_calls(FORM, whole),
        f"{VALUES}.get": values_get,
    },
    subscripts={FORM: item, VALUES: values_item},
    containers={FORM: whole, VALUES: values},
)
