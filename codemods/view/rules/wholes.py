"""The methods of `request.args`, `request.form` and `request.cookies` that take them as a whole.

    request.args.to_dict()    →    dict(request.query_params)

Of a repeated key the first value counts, in Werkzeug's MultiDict as in what stands in its place.
"""

from collections.abc import Mapping

import libcst as cst

from codemods.view.rule import CallRule, NodeRule, Translation, bind, code, expression
from codemods.view.rules.single import SPREAD


def whole_calls(name: str, container: NodeRule, repeats: bool = True) -> Mapping[str, CallRule]:
    """The rules for a part of the request that `container` stands for; `repeats`: that keeps all values of a key."""

    def to_dict(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        """`.to_dict()`; `flat=False` gives lists."""
        flat = constant(translation, written, call, "flat", True)
        held = container(translation, written)
        if not (flat or repeats):
            raise translation.refuse(SPREAD, written, code(written))
        if flat:
            return expression("dict({held})", held=held)
        return expression("{{key: {held}.getlist(key) for key in {held}}}", held=held)

    def items(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        """`.items()`; `multi=True` has every value of a repeated key."""
        multi = constant(translation, written, call, "multi", False)
        if multi and not repeats:
            raise translation.refuse(SPREAD, written, code(written))
        held = container(translation, written)
        if multi:
            return expression("((key, value) for key in {held} for value in {held}.getlist(key))", held=held)
        return expression("{held}.items()", held=held)

    def plain(method: str) -> CallRule:
        def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
            if call.args:
                raise translation.refuse(SPREAD, written, code(written))
            return expression(f"{{held}}.{method}()", held=container(translation, written))

        return rule

    def lists(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        """`.lists()`: each key with all its values."""
        if call.args or not repeats:
            raise translation.refuse(SPREAD, written, code(written))
        return expression("((key, {held}.getlist(key)) for key in {held})", held=container(translation, written))

    return {
        f"{name}.to_dict": to_dict,
        f"{name}.lists": lists,
        f"{name}.items": items,
        f"{name}.keys": plain("keys"),
        f"{name}.values": plain("values"),
    }


def handed_on(container: NodeRule) -> NodeRule:
    """The rule for a part of the request that goes where it cannot be followed: as the class that it has in Flask.

    semiflatten(request.args)    →    semiflatten(ImmutableMultiDict(request.query_params.multi_items()))
    """

    def rule(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
        made = translation.need("werkzeug.datastructures", "ImmutableMultiDict")
        return expression(made + "({held}.multi_items())", held=container(translation, node))

    return rule


def constant(translation: Translation, written: cst.Call, call: cst.Call, name: str, default: bool) -> bool:
    """The only argument of a call, True or False; raises `Refused` for another."""
    bound = bind(call, name)
    text = code(bound[name]) if bound and name in bound else str(default)
    if bound is None or text not in ("True", "False"):
        raise translation.refuse(SPREAD, written, code(written))
    return text == "True"
