"""What a request says of the route that it took: `request.endpoint`, `request.blueprint`, `request.view_args`.

Where one endpoint alone runs the code, its name is written out; elsewhere the route class has noted it.
"""

import libcst as cst

from codemods.view.diagnostics import CONSTRUCT
from codemods.view.rule import CallRule, NodeRule, Rule, Translation, code, expression

VIEW_ARGS = "flask.request.view_args"
CHANGE_VIEW_ARGS = ("preprocess", "before")
"""Roles of functions that run before the view is called with the values, and may change them."""


def literal(translation: Translation, name: str) -> cst.BaseExpression:
    """What a name of an endpoint comes to, as an expression."""
    blueprint = (translation.endpoint or "").rpartition(".")[0]
    parts = blueprint.split(".") if blueprint else []
    values = {
        "endpoint": repr(translation.endpoint),
        "blueprint": repr(blueprint or None),
        "blueprints": repr([".".join(parts[:length]) for length in range(len(parts), 0, -1)]),
    }
    return cst.parse_expression(values[name].replace("'", '"'))


def part(name: str) -> NodeRule:
    """The rule of `request.endpoint`, `request.blueprint` or `request.blueprints`."""

    def rule(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        if translation.endpoint is not None:
            return literal(translation, name)
        return expression(translation.need(".compat.endpoint", name) + "({request})", request=translation.request())

    return rule


def view_args(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`request.view_args`, which is None where no route was found; that cannot be where an endpoint runs the code."""
    if translation.endpoint is not None or not translation.any_url:
        return expression("{request}.path_params", request=translation.request())
    return expression(translation.need(".compat.endpoint", "view_args") + "({request})", request=translation.request())


def changing(method: str) -> CallRule:
    """A method that changes the values of the URL, which only what runs before the view may call."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if translation.role not in CHANGE_VIEW_ARGS:
            raise translation.refuse(CONSTRUCT, written, code(written))
        values = view_args(translation, written.func)
        return call.with_changes(func=cst.Attribute(values, cst.Name(method)))

    return rule


RULE = Rule(
    attributes={
        **{f"flask.request.{name}": part(name) for name in ("endpoint", "blueprint", "blueprints")},
        VIEW_ARGS: view_args,
    },
    calls={f"{VIEW_ARGS}.{method}": changing(method) for method in ("pop", "setdefault", "update", "clear", "popitem")},
)
