"""Templates, by the environment of the target or, where that has not all they read, by the Flask application's.

render_template("cart.html", items=items)    →    templates.render(request, "cart.html", items=items)
"""

from collections.abc import Sequence

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.rule import CallRule, Rule, Translation, code

TEMPLATE_ARGUMENTS = Diagnostic(
    "FM321",
    "blocked",
    "a template is rendered without its name or text in first place",
    "The converted call takes the request first and the name second.",
    "Pass the template's name, or its text, as the first argument.",
)

METHODS = {
    "render_template": "render",
    "render_template_string": "render_string",
    "stream_template": "stream",
    "stream_template_string": "stream_string",
    "get_template_attribute": "attribute",
}


def renders(function: str, method: str) -> CallRule:
    """The rule of one of Flask's functions that render a template."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if not call.args or call.args[0].star or call.args[0].keyword is not None:
            raise translation.refuse(TEMPLATE_ARGUMENTS, written, code(written))
        first = written.args[0].value
        is_native = (
            translation.renders(written.func, (), translation.text(first))
            if function.endswith("_string")
            else translation.renders(written.func, names(translation, first))
        )
        if is_native:
            templates = cst.Name(translation.need(".templating", "templates"))
            helper: cst.BaseExpression = cst.Attribute(templates, cst.Name(method))
        else:
            helper = cst.Name(translation.need(".compat.shared_templates", function))
        return call.with_changes(func=helper, args=[cst.Arg(translation.request()), *call.args])

    return rule


def names(translation: Translation, node: cst.BaseExpression) -> Sequence[str | None]:
    """The names of templates that an argument spells out; None for one that is computed."""
    parts = [one.value for one in node.elements] if isinstance(node, cst.List | cst.Tuple) else [node]
    return [translation.text(one) for one in parts]


RULE = Rule(
    calls={f"flask.{function}": renders(function, method) for function, method in METHODS.items()},
    kinds={f"flask.{function}": "text" for function in ("render_template", "render_template_string")},
    diagnostics=(TEMPLATE_ARGUMENTS,),
)
