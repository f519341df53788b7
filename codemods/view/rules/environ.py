"""`request.environ`: what a WSGI server says of a request, by the names that say the same in ASGI.

    request.environ.get("HTTP_X_TOKEN")    →    request.headers.get("X-Token")
    request.environ["REMOTE_ADDR"]         →    required(remote_addr(request), "REMOTE_ADDR")

The name of the server's software is no part of a request there; Gunicorn, which puts it into both, has it in the
environment of the process. A body ends by itself, so that nothing has to be said of that.
"""

import libcst as cst

from codemods.view.names import Names
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.headers import HEADER
from codemods.view.rules.single import SPREAD, membership, reader

ENVIRON = "flask.request.environ"
TERMINATED = "wsgi.input_terminated"
SOFTWARE = "SERVER_SOFTWARE"

ALWAYS = {
    "REQUEST_METHOD": "{request}.method",
    "QUERY_STRING": '{request}.scope["query_string"].decode("latin-1")',
    "SERVER_PROTOCOL": "f\"HTTP/{{{request}.scope['http_version']}}\"",
    "wsgi.url_scheme": "{request}.url.scheme",
}
"""The keys that every environment has (PEP 3333)."""


def header(key: str) -> str | None:
    """The header behind a key; None for another."""
    if key == "CONTENT_TYPE":
        return "Content-Type"
    name = key.removeprefix("HTTP_")
    known = key.startswith("HTTP_") and name.isupper() and name not in ("CONTENT_TYPE", "CONTENT_LENGTH")
    return name.replace("_", "-").title() if known else None


def always(translation: Translation, key: str) -> cst.BaseExpression | None:
    """The value of a key that is always there; None for another."""
    if key == TERMINATED:
        return cst.Name("True")
    return expression(ALWAYS[key], request=translation.request()) if key in ALWAYS else None


def remote_addr(translation: Translation) -> cst.BaseExpression:
    """The client's address, None where the server knows none."""
    helper = translation.need(".compat.request_info", "remote_addr")
    return expression(helper + "({request})", request=translation.request())


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.environ.get(key, default)`."""
    bound = bind(call, "key", "default")
    key = string(bound.get("key")) if bound else None
    if bound is None or key is None:
        raise translation.refuse(SPREAD, written, code(written))
    if found := always(translation, key):
        return found
    if key == SOFTWARE:
        translation.need("os", "")
        return call.with_changes(func=cst.parse_expression("os.environ.get"))
    if name := header(key):
        return read_header(translation, written, call, name)
    if key == "REMOTE_ADDR":
        default = bound.get("default", cst.Name("None"))
        if code(default) == "None":
            return remote_addr(translation)
        given = translation.need(".compat.query", "given")
        return expression(given + "({found}, {default})", found=remote_addr(translation), default=default)
    raise translation.refuse(SPREAD, written, code(written))


def read_header(translation: Translation, written: cst.Call, call: cst.Call, name: str) -> cst.BaseExpression:
    """The read of a header, as `request.headers.get(name, default)`."""
    key = cst.Arg(cst.SimpleString(f'"{name}"'))
    return reader(HEADER)(
        translation,
        written.with_changes(args=[key, *written.args[1:]]),
        call.with_changes(args=[key.with_changes(comma=call.args[0].comma), *call.args[1:]]),
    )


def item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.environ[key]`, of a key that is always there, or a header: a KeyError where it is missing."""
    match updated.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=index))] if (key := string(index)) is not None:
            pass
        case _:
            raise translation.refuse(SPREAD, written, code(written))
    if found := always(translation, key):
        return found
    if name := header(key):
        return expression(f'{{held}}["{name}"]', held=HEADER.held(translation, written))
    raise translation.refuse(SPREAD, written, code(written))


def has(translation: Translation, key: str) -> cst.BaseExpression | None:
    """`key in request.environ`."""
    name = header(key)
    return membership(HEADER)(translation, name) if name else cst.Name("True") if key in (*ALWAYS, TERMINATED) else None


def says_that_input_ends(names: Names, statement: cst.Assign) -> bool:
    """Whether a statement is `request.environ["wsgi.input_terminated"] = True`."""
    match statement.targets:
        case [
            cst.AssignTarget(target=cst.Subscript(value=owner, slice=[cst.SubscriptElement(slice=cst.Index(index))]))
        ]:
            return names.qualified(owner) == ENVIRON and string(index) == TERMINATED
        case _:
            return False


RULE = Rule(calls={f"{ENVIRON}.get": get}, subscripts={ENVIRON: item}, memberships={ENVIRON: has})
