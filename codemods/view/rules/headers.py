"""`request.headers` and `request.cookies` → header and cookie parameters.

request.headers.get("X-Token")    →    def endpoint(x_token: Annotated[str | None, Header()] = None)
"""

import libcst as cst

from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.arguments import TYPES, default_fits, identifier, is_plain, literal, read_one
from codemods.view.rules.wholes import SPREAD, whole_calls
from codemods.view.signature import Parameter, quoted

HEADERS = "flask.request.headers"
COOKIES = "flask.request.cookies"
RESERVED = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI does not let a parameter describe (OpenAPI 3.1, Parameter Object)."""


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.headers.get(name, default)`."""
    bound = bind(call, "key", "default", "type")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    if "type" in bound:
        return typed(translation, written, bound)
    default = bound.get("default")
    key = string(bound["key"])
    value = literal(default)
    fits = value is not None and default_fits("str", value)
    if key is not None and translation.signature.injected and key.lower() not in RESERVED:
        found = header_parameter(translation, key, (value or "None") if fits else "None")
        if found is not None and fits:
            return found
        if found is not None and default is not None and is_plain(default):
            return expression("({default} if {name} is None else {name})", default=default, name=found)
    rest = [cst.Arg(default)] if default is not None else []
    return cst.Call(
        cst.Attribute(cst.Attribute(translation.request(), cst.Name("headers")), cst.Name("get")),
        [cst.Arg(bound["key"]), *rest],
    )


def typed(translation: Translation, written: cst.Call, bound: dict[str, cst.BaseExpression]) -> cst.BaseExpression:
    """`request.headers.get(name, default, type=int)`: what the type does not take is the default."""
    key, default = string(bound["key"]), literal(bound.get("default"))
    kind = TYPES.get(translation.names.qualified((bind(written, "key", "default", "type") or {})["type"]) or "")
    if (
        translation.signature.injected
        and key is not None
        and kind is not None
        and default is not None
        and default_fits(kind, default)
        and key.lower() not in RESERVED
    ):
        found = header_parameter(translation, key, default, kind)
        if found is not None:
            return found
    helper = translation.need(".compat.query", "arg")
    rest = "".join(f", {name}={{{name}}}" for name in ("default", "type") if name in bound)
    return expression(f"{helper}({{request}}.headers, {{key}}{rest})", request=translation.request(), **bound)


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.headers.getlist(name)`: a WSGI server hands a repeated header on as one value."""
    bound = bind(call, "key")
    key = string(bound.get("key")) if bound else None
    if bound is None or key is None or "_" in key:  # Werkzeug's `getlist` alone does not take `_` for `-`
        raise translation.refuse(SPREAD, written, code(written))
    template = "([{request}.headers[{key}]] if {key} in {request}.headers else [])"
    return expression(template, request=translation.request(), key=bound["key"])


def header_parameter(translation: Translation, key: str, default: str, kind: str = "str") -> cst.BaseExpression | None:
    """A typed header parameter; None where the name is already taken otherwise."""
    key = key.replace("_", "-")  # one name to Flask, which reads what a WSGI server hands on
    source = ("header", key.lower())
    known = translation.signature.find(source)
    name = known.name if known else translation.signature.free_name(identifier(key, "header"), "header")
    alias = "" if name.replace("_", "-") == key.lower() else f"alias={quoted(key)}"
    parts = [f"{kind} | None" if default == "None" else kind, f"Header({alias})"]
    needs = {Need("typing", "Annotated"), Need("fastapi", "Header")}
    if kind != "str":
        parts.append(f"lenient({kind}, default={default})")
        needs.add(Need(".compat.query", "lenient"))
    parameter = Parameter(name, f"Annotated[{', '.join(parts)}]", default, source, frozenset(needs))
    return translation.ask(parameter) if known in (None, parameter) else None


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.headers["X"]`: a KeyError in Flask as in Starlette."""
    return updated.with_changes(value=cst.Attribute(translation.request(), cst.Name("headers")))


def headers(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`"X" in request.headers`."""
    return cst.Attribute(translation.request(), cst.Name("headers"))


def get_cookie(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.cookies.get(name, default)`."""
    return read_one(translation, written, call, "cookie", "Cookie", "cookies")


def cookie(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.cookies["x"]`: 400 where it is missing."""
    if len(updated.slice) != 1 or not isinstance(updated.slice[0].slice, cst.Index):
        raise translation.refuse(SPREAD, written, code(written))
    required = translation.need(".compat.query", "required")
    index = updated.slice[0].slice.value
    return expression(required + "({request}.cookies.get({key}), {key})", request=translation.request(), key=index)


def cookies(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`"x" in request.cookies`."""
    return cst.Attribute(translation.request(), cst.Name("cookies"))


RULE = Rule(
    iterables=frozenset({COOKIES}),
    calls={
        f"{HEADERS}.get": get,
        f"{HEADERS}.getlist": getlist,
        f"{COOKIES}.get": get_cookie,
        **whole_calls(COOKIES, cookies, repeats=False),
    },
    subscripts={HEADERS: item, COOKIES: cookie},
    containers={HEADERS: headers, COOKIES: cookies},
)
