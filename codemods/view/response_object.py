"""What code does with a response object before it is returned: Flask's attributes on Starlette's responses.

response.headers["X-Total"] = len(rows)    →    response.headers["X-Total"] = str(len(rows))
response.set_cookie("seen", "1")           →    set_cookie(response, "seen", "1")
response.make_conditional(request)         →    conditional(request, response)
"""

import libcst as cst
import libcst.matchers as m

from codemods.findings import Diagnostic

from .rule import Translation, code, expression

RESPONSE_ATTRIBUTE = Diagnostic(
    "FM302",
    "blocked",
    "an attribute of a response object that Starlette's responses do not have",
    "Flask's response object has some eighty attributes; those without a direct form are not guessed at.",
    "Set the header itself, or give body, status and headers when the response is made.",
)

KEPT = frozenset({"headers", "status_code"})
FUNCTIONS = {
    "set_cookie": ".compat.cookies",
    "delete_cookie": ".compat.cookies",
    "set_etag": ".compat.etags",
    "add_etag": ".compat.etags",
}
TELLING = frozenset({
    "set_cookie", "delete_cookie", "set_data", "get_data", "make_conditional", "set_etag", "add_etag", "cache_control",
    "call_on_close", "direct_passthrough", "is_streamed", "mimetype",
})  # fmt: skip
"""Attributes that only a response object has: used on something else, that something may be one."""

HEADERS_KEPT = frozenset({"get", "setdefault", "keys", "items", "values"})


def check(translation: Translation, node: cst.Attribute) -> None:
    """Raise `Refused` for an attribute of a response that stands as it is and has no counterpart."""
    if node.attr.value not in KEPT:
        raise translation.refuse(RESPONSE_ATTRIBUTE, node, code(node))


def owner_of(translation: Translation, node: cst.BaseExpression, depth: int) -> cst.BaseExpression | None:
    """The response that a chain of `depth` attributes starts from; None where it starts from something else."""
    for _ in range(depth):
        if not isinstance(node, cst.Attribute):
            return None
        node = node.value
    return node if translation.kind(node) == "response" else None


def is_call(translation: Translation, call: cst.Call) -> bool:
    """Whether a call is one of a response's methods, or of its headers', which `call` converts."""
    return owner_of(translation, call.func, 1) is not None or owner_of(translation, call.func, 2) is not None


def call(translation: Translation, written: cst.Call, updated: cst.Call) -> cst.BaseExpression:
    """`response.set_cookie(…)`, `response.headers.add(…)`, `response.vary.add(…)`."""
    func = cst.ensure_type(written.func, cst.Attribute)
    owner = owner_of(translation, func, 1)
    if isinstance(owner, cst.Name):
        return _method(translation, owner, func.attr.value, written, updated)
    owner = owner_of(translation, func, 2)
    if isinstance(owner, cst.Name):
        part = cst.ensure_type(func.value, cst.Attribute).attr.value
        return _method_of_part(translation, owner, part, func.attr.value, written, updated)
    raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))


def _method(
    translation: Translation, owner: cst.Name, name: str, written: cst.Call, updated: cst.Call
) -> cst.BaseExpression:
    if name in FUNCTIONS:
        helper = cst.Name(translation.need(FUNCTIONS[name], name))
        return updated.with_changes(func=helper, args=[cst.Arg(owner), *updated.args])
    if name == "set_data" and len(updated.args) == 1:
        helper = cst.Name(translation.need(".compat.responses", "set_body"))
        return cst.Call(helper, [cst.Arg(owner), cst.Arg(updated.args[0].value)])
    if name == "make_conditional" and len(updated.args) == 1:
        helper = cst.Name(translation.need(".compat.etags", "conditional"))
        return cst.Call(helper, [cst.Arg(translation.request()), cst.Arg(owner)])
    raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))


def _method_of_part(
    translation: Translation, owner: cst.Name, part: str, name: str, written: cst.Call, updated: cst.Call
) -> cst.BaseExpression:
    headers = cst.Attribute(owner, cst.Name("headers"))
    if part == "headers" and name in HEADERS_KEPT:
        return updated.with_changes(func=cst.Attribute(headers, cst.Name(name)))
    if part == "headers" and name == "add" and len(updated.args) == 2 and not any(one.keyword for one in updated.args):
        value = as_text(translation, written.args[1].value, updated.args[1].value)
        return cst.Call(cst.Attribute(headers, cst.Name("append")), [updated.args[0], cst.Arg(value)])
    if part == "headers" and name == "update" and len(updated.args) == 1 and not updated.args[0].keyword:
        helper = cst.Name(translation.need(".compat.responses", "update_headers"))
        return cst.Call(helper, [cst.Arg(owner), cst.Arg(updated.args[0].value)])
    if part == "vary" and name == "add" and len(updated.args) == 1:
        return cst.Call(cst.Attribute(headers, cst.Name("add_vary_header")), [cst.Arg(updated.args[0].value)])
    raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))


def is_request_argument(translation: Translation, call: cst.Call) -> bool:
    """Whether the call is `response.make_conditional(request)`, whose argument becomes FastAPI's request."""
    return (
        m.matches(call.func, m.Attribute(attr=m.Name("make_conditional")))
        and owner_of(translation, call.func, 1) is not None
        and len(call.args) == 1
        and translation.names.qualified(call.args[0].value) in ("flask.request", "flask.request.environ")
    )


def assigned(translation: Translation, target: cst.BaseExpression) -> str | None:
    """What an assignment's target is to a response: `header`, the attribute's name, `cache_control.…`; else None."""
    match target:
        case cst.Subscript(value=cst.Attribute(value=owner, attr=cst.Name(value="headers"))):
            return "header" if translation.kind(owner) == "response" else None
        case cst.Attribute(
            value=cst.Attribute(value=owner, attr=cst.Name(value="cache_control")), attr=cst.Name(value=name)
        ):
            return f"cache_control.{name}" if translation.kind(owner) == "response" else None
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            return name if translation.kind(owner) == "response" else None
        case _:
            return None


def assign(translation: Translation, what: str, written: cst.Assign, updated: cst.Assign) -> cst.BaseSmallStatement:
    """An assignment to a part of a response."""
    if what == "status_code":
        return updated
    if what == "header":
        return updated.with_changes(value=as_text(translation, written.value, updated.value))
    target = updated.targets[0].target
    owner = cst.ensure_type(target, cst.Attribute).value
    if what.startswith("cache_control."):
        owner = cst.ensure_type(owner, cst.Attribute).value
        helper = translation.need(".compat.caching", "cache_control")
        directive = what.partition(".")[2]
        return cst.Expr(expression(f"{helper}({{owner}}, {directive}={{value}})", owner=owner, value=updated.value))
    if what in ("data", "content_type", "mimetype", "last_modified"):
        if what == "data":
            helper = translation.need(".compat.responses", "set_body")
            return cst.Expr(expression(helper + "({owner}, {value})", owner=owner, value=updated.value))
        value = updated.value
        if what == "last_modified":
            helper = translation.need(".compat.files", "http_date")
            value = expression(helper + "({value})", value=value)
        if what == "mimetype":
            helper = translation.need(".compat.responses", "with_charset")
            value = expression(helper + "({value})", value=value)
        item = cst.Subscript(
            cst.Attribute(owner, cst.Name("headers")),
            [
                cst.SubscriptElement(
                    cst.Index(cst.SimpleString('"Last-Modified"' if what == "last_modified" else '"Content-Type"'))
                )
            ],
        )
        return updated.with_changes(targets=[cst.AssignTarget(item)], value=value)
    raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))


def as_text(translation: Translation, written: cst.BaseExpression, value: cst.BaseExpression) -> cst.BaseExpression:
    """A header's value as text: Werkzeug converts what is not, Starlette fails on it."""
    if translation.kind(written) == "text":
        return value
    return cst.Call(cst.Name("str"), [cst.Arg(value)])
