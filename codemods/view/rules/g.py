"""`g` → `request.state`, which lives as long as the request.

g.user = find_user(request.args["id"])    →    request.state.user = find_user(id)
if "db" not in g: …                       →    if "db" not in request.state: …
"""

import libcst as cst

from codemods.view.rule import CallRule, Rule, Translation, arguments, string

G = "flask.g"
OWN = frozenset(("get", "pop", "setdefault", "_state"))
"""Attributes that mean something else: methods of `g`, and a part of Starlette's state."""


def state(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`g` where its names are looked at: `in`, a loop, `len`."""
    return cst.Attribute(translation.request(), cst.Name("state"))


def attribute(translation: Translation, node: cst.Attribute) -> cst.BaseExpression | None:
    """`g.name`, read or written."""
    if node.attr.value in OWN or node.attr.value.startswith("__"):
        return None
    return node.with_changes(value=state(translation, node))


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`g.get(name, default)`."""
    found = arguments(call)
    if found is None or found[1] or len(found[0]) not in (1, 2):
        return beside_flask(translation, written, call)
    default = found[0][1] if len(found[0]) == 2 else cst.Name("None")
    name, held = found[0][0], state(translation, written)
    return cst.Call(cst.Name("getattr"), [cst.Arg(held), cst.Arg(name), cst.Arg(default)])


def helper(name: str) -> CallRule:
    """A method of `g` for which Starlette's state has none."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        found = arguments(call)
        if found is None or found[1] or not found[0] or string(found[0][0]) in OWN:
            return beside_flask(translation, written, call)
        function = translation.need(".compat.request_state", name)
        return call.with_changes(func=cst.Name(function), args=[cst.Arg(state(translation, written)), *call.args])

    return rule


def beside_flask(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """A call that only Flask's own `g` takes."""
    translation.needs_application(written.func)
    return call


RULE = Rule(
    calls={f"{G}.get": get, f"{G}.pop": helper("pop"), f"{G}.setdefault": helper("setdefault")},
    containers={G: state},
    iterations={G: state},
    members={G: attribute},
    is_native=True,
)
