"""What a view answers with: the response for a return value, by Flask's rules."""

from collections.abc import Callable
from typing import TypeAlias

import libcst as cst

from .asking import Asking
from .diagnostics import CONSTRUCT
from .rule import code, number

Answering: TypeAlias = Callable[[Asking, cst.BaseExpression | None, cst.BaseExpression | None], cst.BaseExpression]
"""(translation, value as written, value as translated) → the response for it; None where a function just ends."""


def answer(
    translation: Asking, written: cst.BaseExpression | None, value: cst.BaseExpression | None
) -> cst.BaseExpression:
    """The response for a view's return value, by Flask's rules (`Flask.make_response`)."""
    if written is None or value is None:
        return cst.Call(_maker(translation), [cst.Arg(cst.Name("None"))])
    if isinstance(written, cst.Tuple) and isinstance(value, cst.Tuple):
        direct = _direct(translation, written, value)
        if direct is not None:
            return direct
    match translation.kind(written):
        case "response":
            return value
        case "error":
            return cst.Call(cst.Attribute(value, cst.Name("get_response")))
        case "json":
            return cst.Call(cst.Name(translation.need(".compat.responses", "FlaskJSONResponse")), [cst.Arg(value)])
        case "text":
            return cst.Call(cst.Name(translation.need("fastapi.responses", "HTMLResponse")), [cst.Arg(value)])
        case _:
            if _is_definition(translation, written):
                raise translation.refuse(CONSTRUCT, written, code(written))
            if isinstance(value, cst.Tuple) and not value.lpar:
                value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            return cst.Call(_maker(translation), [cst.Arg(value)])


def _maker(translation: Asking) -> cst.Name:
    """What makes a response of any value: where handlers could see it fail, one that fails behind them."""
    module = ".compat.returned" if translation.references.handles_failures() else ".compat.responses"
    return cst.Name(translation.need(module, "make_response"))


def _is_definition(translation: Asking, node: cst.BaseExpression) -> bool:
    """Whether a function or class itself is returned: Flask would call it as a WSGI application."""
    qualified = translation.names.qualified(node)
    return qualified is not None and not isinstance(node, cst.Call) and translation.references.is_callable(qualified)


def _is_number(translation: Asking, status: cst.BaseExpression) -> bool:
    """Whether a status is a number for sure, and one of an answer with a body: spelt out, given to a function that
    answers errors, or that of a handler's error, which Flask gives to handlers only where it has one."""
    match status:
        case cst.Integer():
            return number(status) not in (204, 304)
        case cst.Name(value=name):
            given = translation.signature.parameters.get(name)
            return given is not None and given.source[0] == "given" and given.annotation == "int"
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="code")):
            return translation.error is not None and translation.error.is_only_http(name)
        case _:
            return False


def _direct(translation: Asking, written: cst.Tuple, value: cst.Tuple) -> cst.BaseExpression | None:
    """A `(body, status)` pair whose body is known and whose status is a number, as one call."""
    if len(written.elements) != 2 or any(isinstance(one, cst.StarredElement) for one in written.elements):
        return None
    body, status = (one.value for one in written.elements)
    new_body, new_status = (one.value for one in value.elements)
    if not _is_number(translation, status):
        return None
    kind = translation.kind(body)
    if kind in ("json", "text"):
        module, name = (
            (".compat.responses", "FlaskJSONResponse") if kind == "json" else ("fastapi.responses", "HTMLResponse")
        )
        return cst.Call(cst.Name(translation.need(module, name)), [cst.Arg(new_body), cst.Arg(new_status)])
    if (
        isinstance(body, cst.Call)
        and translation.names.qualified(body.func) == "flask.jsonify"
        and isinstance(new_body, cst.Call)
        and len(new_body.args) == 1
        and isinstance(new_body.func, cst.Name)
        and new_body.func.value.startswith("FlaskJSONResponse")
    ):
        return new_body.with_changes(args=[new_body.args[0], cst.Arg(new_status)])
    return None
