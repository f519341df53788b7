"""What code does with a response object before it is returned: Flask's attributes on Starlette's responses.

response.headers["X-Total"] = len(rows)    →    response.headers["X-Total"] = str(len(rows))
response.set_cookie("seen", "1")           →    set_cookie(response, "seen", "1")
"""

import libcst as cst

from codemods.findings import Diagnostic

from .rule import Translation, code

RESPONSE_ATTRIBUTE = Diagnostic(
    "FM302",
    "blocked",
    "an attribute of a response object that Starlette's responses do not have",
    "Flask's response object has some eighty attributes; those without a direct form are not guessed at.",
    "Set the header itself, or give body, status and headers when the response is made.",
)

KEPT = frozenset({"headers", "status_code"})
FUNCTIONS = {"set_cookie": ".compat.cookies", "delete_cookie": ".compat.cookies"}
TELLING = frozenset({
    "set_cookie", "delete_cookie", "set_data", "get_data", "make_conditional", "set_etag", "add_etag", "cache_control",
    "call_on_close", "direct_passthrough", "is_streamed", "mimetype",
})  # fmt: skip
"""Attributes that only a response object has: used on something else, that something may be one."""

HEADERS_KEPT = frozenset({"get", "setdefault", "keys", "items", "values"})


def attribute(translation: Translation, node: cst.Attribute) -> bool:
    """Check `response.NAME`; True where it stays as it is. Raises `Refused` for one without a counterpart."""
    if node.attr.value in KEPT:
        return True
    raise translation.refuse(RESPONSE_ATTRIBUTE, node, code(node))


def call(translation: Translation, written: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
    """`response.set_cookie(…)`, `response.headers.add(…)` and the like; None where it is no such call."""
    match written.func:
        case cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value=name)) if (
            translation.kind(owner) == "response"
        ):
            if name in FUNCTIONS:
                helper = cst.Name(translation.need(FUNCTIONS[name], name))
                return updated.with_changes(func=helper, args=[cst.Arg(owner), *updated.args])
            if name == "set_data" and len(updated.args) == 1:
                helper = cst.Name(translation.need(".compat.responses", "set_body"))
                return cst.Call(helper, [cst.Arg(owner), cst.Arg(updated.args[0].value)])
            raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))
        case cst.Attribute(
            value=cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value="headers")), attr=cst.Name(value=name)
        ) if translation.kind(owner) == "response":
            if name in HEADERS_KEPT:
                return updated
            if name == "add" and len(updated.args) == 2:
                func = cst.Attribute(cst.Attribute(owner, cst.Name("headers")), cst.Name("append"))
                value = as_text(translation, written.args[1].value, updated.args[1].value)
                return updated.with_changes(func=func, args=[updated.args[0], cst.Arg(value)])
            if name in ("update", "extend") and len(updated.args) == 1 and name == "update":
                helper = cst.Name(translation.need(".compat.responses", "update_headers"))
                return cst.Call(helper, [cst.Arg(owner), cst.Arg(updated.args[0].value)])
            raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))
        case _:
            return None


def is_header(translation: Translation, target: cst.BaseExpression) -> bool:
    """Whether an assignment's target is `response.headers[…]`."""
    match target:
        case cst.Subscript(value=cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value="headers"))):
            return translation.kind(owner) == "response"
        case _:
            return False


def as_text(translation: Translation, written: cst.BaseExpression, value: cst.BaseExpression) -> cst.BaseExpression:
    """A header's value as text: Werkzeug converts what is not, Starlette fails on it."""
    if translation.kind(written) == "text":
        return value
    return cst.Call(cst.Name("str"), [cst.Arg(value)])
