"""What a request says of the route that it took: `request.endpoint`, `.url_rule`, `.blueprint`, `.view_args`.

Where one endpoint alone runs the code, its name is written out; elsewhere the route class has noted it.
"""

import libcst as cst

from codemods.model import Rule
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.rule import CallRule, NodeRule, Translation, code, expression
from codemods.view.rule import Rule as ExpressionRule

VIEW_ARGS = "flask.request.view_args"
URL_RULE = "flask.request.url_rule"
OF_WERKZEUG = (
    "alias", "build", "build_only", "defaults", "get_converter", "get_rules", "host", "is_leaf", "map", "match",
    "merge_slashes", "provide_automatic_options", "redirect_to", "strict_slashes", "subdomain", "websocket",
)  # fmt: skip
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


def only_rule(translation: Translation) -> Rule | None:
    """The one rule of the endpoint that runs the code; None where there may be another."""
    project = translation.names.project
    found = [rule for one in project.endpoints if one.name == translation.endpoint for rule in one.rules]
    return found[0] if len(found) == 1 else None


def url_rule(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.url_rule`; refused where a path does not tell the rule's text."""
    project = translation.names.project
    rules = [rule for one in project.endpoints for rule in one.rules if one.name == (translation.endpoint or one.name)]
    if not all(map(is_told_by_path, rules)):
        raise translation.refuse(CONSTRUCT, node, code(node))
    return expression(translation.need(".compat.endpoint", "url_rule") + "({request})", request=translation.request())


def is_told_by_path(rule: Rule) -> bool:
    """Whether the path of a rule is that of no other, and says which converters it has."""
    is_one = rule.strict_slashes and not rule.host and not rule.subdomain and "{" not in rule.rule
    return (
        is_one
        and not any(one.arguments or one.converter_class for one in rule.variables)
        and not any(spelling in rule.rule for spelling in ("<string:", "<default:"))
    )


def rule_part(name: str) -> NodeRule:
    """The rule of `request.url_rule.rule` and of what else is known of it."""

    def part_of_rule(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
        known = only_rule(translation)
        if known is None:
            if name in ("rule", "endpoint"):
                return cst.Attribute(url_rule(translation, node), cst.Name(name))
            raise translation.refuse(CONSTRUCT, node, code(node))
        added = [*(["HEAD"] if known.head and "GET" in known.methods else []), "OPTIONS"]
        values: dict[str, object] = {
            "rule": known.rule,
            "endpoint": translation.endpoint,
            "methods": sorted({*known.methods, *(added if known.automatic_options else added[:-1])}),
            "arguments": sorted({*(one.name for one in known.variables), *(one for one, _ in known.defaults)}),
        }
        text = repr(values[name]).replace("'", '"')
        return cst.parse_expression(f"set({text})" if isinstance(values[name], list) else text)

    return part_of_rule


def refused_part(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """What Werkzeug's rule has and no route has."""
    raise translation.refuse(CONSTRUCT, node, code(node))


def changing(method: str) -> CallRule:
    """A method that changes the values of the URL, which only what runs before the view may call."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if translation.role not in CHANGE_VIEW_ARGS:
            raise translation.refuse(CONSTRUCT, written, code(written))
        values = view_args(translation, written.func)
        return call.with_changes(func=cst.Attribute(values, cst.Name(method)))

    return rule


RULE = ExpressionRule(
    attributes={
        **{f"flask.request.{name}": part(name) for name in ("endpoint", "blueprint", "blueprints")},
        VIEW_ARGS: view_args,
        URL_RULE: url_rule,
        **{f"{URL_RULE}.{name}": rule_part(name) for name in ("rule", "endpoint", "methods", "arguments")},
        **{f"{URL_RULE}.{name}": refused_part for name in OF_WERKZEUG},
    },
    calls={f"{VIEW_ARGS}.{method}": changing(method) for method in ("pop", "setdefault", "update", "clear", "popitem")},
)
