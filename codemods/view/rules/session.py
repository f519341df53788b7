"""`session` and `flash` → `request.session`, in Flask's own cookie.

session["user_id"] = user.id    →    request.session["user_id"] = user.id
"""

import libcst as cst

from codemods.view.diagnostics import CONSTRUCT
from codemods.view.rule import CallRule, NodeRule, Rule, Translation, bind, code
from codemods.view.rules.responses import RESPONSE_ARGUMENTS

SESSION = "flask.session"


def session(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`session` itself."""
    return cst.Attribute(translation.request(), cst.Name("session"))


def session_item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`session["key"]`, read or assigned."""
    return updated.with_changes(value=session(translation, written.value))


def method(name: str) -> CallRule:
    """The rule for a method of the session that Starlette's session has too."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        return call.with_changes(func=cst.Attribute(session(translation, written.func), cst.Name(name)))

    return rule


def attribute(name: str) -> NodeRule:
    """An attribute that the converted session has too, read or assigned."""

    def rule(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
        return cst.Attribute(session(translation, node), cst.Name(name))

    return rule


def accessed(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`session.accessed`, which the look at the session itself makes true since Flask 3.1.3, as in Starlette."""
    version = translation.names.project.application.versions.get("flask", "")
    if tuple(int(part) for part in version.split(".") if part.isdigit()) < (3, 1, 3):
        raise translation.refuse(CONSTRUCT, node, code(node))
    return attribute("accessed")(translation, node)


def flash(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`flash(message, category)`."""
    if bind(call, "message", "category") is None:
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    helper = translation.need(".compat.flash", "flash")
    return call.with_changes(func=cst.Name(helper), args=[cst.Arg(translation.request()), *call.args])


def get_flashed_messages(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`get_flashed_messages(…)`."""
    helper = translation.need(".compat.flash", "get_flashed_messages")
    return call.with_changes(func=cst.Name(helper), args=[cst.Arg(translation.request()), *call.args])


METHODS = ("get", "pop", "clear", "setdefault", "update", "items", "keys", "values")

RULE = Rule(
    iterations={SESSION: session},
    calls={
        **{f"{SESSION}.{name}": method(name) for name in METHODS},
        "flask.flash": flash,
        "flask.get_flashed_messages": get_flashed_messages,
    },
    attributes={
        **{f"{SESSION}.{name}": attribute(name) for name in ("modified", "new", "permanent")},
        f"{SESSION}.accessed": accessed,
    },
    subscripts={SESSION: session_item},
    containers={SESSION: session},
)
