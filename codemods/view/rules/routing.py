"""What a request says of the route that it took: `request.endpoint`, `request.blueprint`, `request.view_args`.

Where one endpoint alone runs the code, its name is written out; elsewhere the route class has noted it.
"""

import libcst as cst

from codemods.view.rule import NodeRule, Rule, Translation, expression


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
    if translation.endpoint is not None:
        return expression("{request}.path_params", request=translation.request())
    return expression(translation.need(".compat.endpoint", "view_args") + "({request})", request=translation.request())


RULE = Rule(
    attributes={
        **{f"flask.request.{name}": part(name) for name in ("endpoint", "blueprint", "blueprints")},
        "flask.request.view_args": view_args,
    },
)
