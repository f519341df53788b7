"""`request.form` → form parameters.

    title = request.form["title"]
    →    def endpoint(title: Annotated[str | None, Form()] = None): required(title, "title")

An empty value is a value and a missing field is an error only where the code reaches it, as in Flask.
"""

import libcst as cst

from codemods.view.imports import Need
from codemods.view.rule import NodeRule, Rule, Translation, bind, code, expression
from codemods.view.rules.single import SPREAD, Part, from_whole, item_reader, membership, reader
from codemods.view.rules.wholes import handed_on, whole_calls
from codemods.view.signature import Parameter

FORM = "flask.request.form"
VALUES = "flask.request.values"


def whole(name: str, annotation: str) -> NodeRule:
    """A part of the form as a dictionary of first values: what `compat.form` declares, or a part of the whole body."""

    def held(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        signature = translation.signature
        if signature.whole_body or not signature.injected:
            return cst.Attribute(translation.body(), cst.Name(name))
        source = ("form", f" {name}")
        known = signature.find(source)
        free = known.name if known else signature.free_name(name, "sent")
        return translation.ask(Parameter(free, annotation, None, source, frozenset({Need(".compat.form", annotation)})))

    return held


form = whole("form", "WholeForm")
values = whole("values", "Values")


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.form.getlist(key, type=…)`, and that of `request.values`."""
    bound = bind(call, "key", "type")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    held = (values if (translation.names.qualified(written.func) or "").startswith(VALUES) else form)(
        translation, written
    )
    if "type" not in bound:
        return expression("{held}.getlist({key})", held=held, key=bound["key"])
    helper = translation.need(".compat.query", "arglist")
    return expression(helper + "({held}, {key}, type={type})", held=held, **bound)


def values_get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.values.get(key, default)`; with `type=` a form's value counts where the query's does not fit."""
    bound = bind(call, "key", "default", "type")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    if "type" in bound:
        rest = "".join(f", {name}={{{name}}}" for name in ("default", "type") if name in bound)
        helper = translation.need(".compat.query", "fitting")
        return expression(f"{helper}({{held}}, {{key}}{rest})", held=values(translation, written), **bound)
    return from_whole(translation, BOTH, written, bound)


def values_item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.values[key]`: 400 where it is missing."""
    match updated.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=index))]:
            required, read = (translation.need(".compat.query", name) for name in ("required", "arg"))
            held = values(translation, written)
            return expression(f"{required}({read}({{held}}, {{key}}), {{key}})", held=held, key=index)
        case _:
            raise translation.refuse(SPREAD, written, code(written))


FIELDS = Part("form", "Form", form)
BOTH = Part("form", "Form", values)

RULE = Rule(
    attributes={FORM: handed_on(form)},
    iterations={FORM: form, VALUES: values},
    calls={
        f"{FORM}.get": reader(FIELDS),
        f"{FORM}.getlist": getlist,
        f"{VALUES}.get": values_get,
        f"{VALUES}.getlist": getlist,
        **whole_calls(FORM, form),
        **whole_calls(VALUES, values),
    },
    subscripts={FORM: item_reader(FIELDS), VALUES: values_item},
    containers={FORM: form, VALUES: values},
    memberships={FORM: membership(FIELDS)},
)
