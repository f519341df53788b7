"""`request.headers` and `request.cookies` → header and cookie parameters.

request.headers.get("X-Token")    →    def endpoint(x_token: Annotated[str | None, Header()] = None)
"""

import libcst as cst

from codemods.view.rule import CallRule, Rule, Translation, bind, code, expression, string
from codemods.view.rules.single import SPREAD, Part, item_reader, membership, reader
from codemods.view.rules.wholes import whole_calls

HEADERS = "flask.request.headers"
COOKIES = "flask.request.cookies"


def headers(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`"X" in request.headers`."""
    return cst.Attribute(translation.request(), cst.Name("headers"))


def cookies(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`"x" in request.cookies`."""
    return cst.Attribute(translation.request(), cst.Name("cookies"))


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.headers.getlist(name)`: a WSGI server hands a repeated header on as one value."""
    bound = bind(call, "key")
    key = string(bound.get("key")) if bound else None
    if bound is None or key is None or "_" in key:  # Werkzeug's `getlist` alone does not take `_` for `-`
        raise translation.refuse(SPREAD, written, code(written))
    template = "([{request}.headers[{key}]] if {key} in {request}.headers else [])"
    return expression(template, request=translation.request(), key=bound["key"])


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.headers["X"]`: a KeyError in Flask as in Starlette."""
    return updated.with_changes(value=headers(translation, written.value))


def pairs(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`request.headers` looped over: pairs of a name in title case, as WSGI servers know them, and a value."""
    return expression(
        translation.need(".compat.request_info", "header_items") + "({request})", request=translation.request()
    )


def listed(template: str) -> CallRule:
    """The rule for a method that lists the headers."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if call.args:
            raise translation.refuse(SPREAD, written, code(written))
        return expression(template, pairs=pairs(translation, written))

    return rule


HEADER = Part("header", "Header", headers)
COOKIE = Part("cookie", "Cookie", cookies)

RULE = Rule(
    iterations={COOKIES: cookies, HEADERS: pairs},
    calls={
        f"{HEADERS}.get": reader(HEADER),
        f"{HEADERS}.getlist": getlist,
        f"{HEADERS}.items": listed("{pairs}"),
        f"{HEADERS}.keys": listed("[name for name, _ in {pairs}]"),
        f"{HEADERS}.values": listed("[value for _, value in {pairs}]"),
        f"{HEADERS}.to_wsgi_list": listed("{pairs}"),
        f"{COOKIES}.get": reader(COOKIE),
        **whole_calls(COOKIES, cookies, repeats=False),
    },
    subscripts={HEADERS: item, COOKIES: item_reader(COOKIE)},
    containers={HEADERS: headers, COOKIES: cookies},
    memberships={HEADERS: membership(HEADER), COOKIES: membership(COOKIE)},
)
