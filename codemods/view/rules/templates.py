"""`render_template` with the templates that the Flask application has.

render_template("cart.html", items=items)    →    render_template(request, "cart.html", items=items)
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.rule import Rule, Translation, code

TEMPLATE_ARGUMENTS = Diagnostic(
    "FM321",
    "blocked",
    "render_template is called without the template's name in first place",
    "The converted call takes the request first and the name second.",
    "Pass the template's name as the first argument.",
)


def render_template(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`render_template(name, **context)`."""
    if not call.args or call.args[0].star or call.args[0].keyword is not None:
        raise translation.refuse(TEMPLATE_ARGUMENTS, written, code(written))
    helper = translation.need(".compat.templates", "render_template")
    translation.needs_templates(written.func)
    return call.with_changes(func=cst.Name(helper), args=[cst.Arg(translation.request()), *call.args])


RULE = Rule(calls={"flask.render_template": render_template}, diagnostics=(TEMPLATE_ARGUMENTS,))
