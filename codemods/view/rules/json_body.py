"""`request.json`, `request.get_json()`, `request.data` → a body parameter that is decoded where the code asks for it.

    data = request.get_json()    →    def endpoint(json_body: JsonBody[Any]): data = json_body.json()

FastAPI decodes a body before any dependency runs; `JsonBody` only shows it in OpenAPI, so guards keep their place.
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression
from codemods.view.signature import Parameter

BODY_OUT_OF_REACH = Diagnostic(
    "FM211",
    "blocked",
    "the body is read where FastAPI cannot hand it in",
    "Hooks, error handlers and code called without a request's parameters run outside the endpoint; reading the body "
    "there is asynchronous in FastAPI.",
    "Read the body in the view and pass what is needed on.",
)
JSON_OPTIONS = Diagnostic(
    "FM212",
    "blocked",
    "get_json is called with arguments that are not constants",
    "Whether a wrong content type or malformed text is an error depends on them.",
    "Spell force=, silent= and cache= out as True or False.",
)
TWO_BODIES = Diagnostic(
    "FM213",
    "blocked",
    "one view reads the body both as JSON and as a form",
    "FastAPI documents and reads one kind of body for an endpoint.",
    "Split the view by content type.",
)


NAME = "json_body"
"""The parameter's name, one for guards and endpoints: FastAPI takes two names for two parts of a body."""


def body(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """The body parameter."""
    signature = translation.signature
    if not signature.injected:
        raise translation.refuse(BODY_OUT_OF_REACH, node, code(node))
    if any(one.source[0] == "form" for one in signature.parameters.values()):
        raise translation.refuse(TWO_BODIES, node, code(node))
    if NAME in signature.taken:
        raise translation.refuse(BODY_OUT_OF_REACH, node, f"{code(node)}, beside a local called {NAME}")
    needs = frozenset({Need("typing", "Any"), Need(".compat.json_body", "JsonBody")})
    return translation.ask(Parameter(NAME, "JsonBody[Any]", None, ("body", ""), needs))


def get_json(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.get_json(force=…, silent=…)`."""
    bound = bind(call, "force", "silent", "cache")
    if bound is None or any(code(one) not in ("True", "False") for one in bound.values()):
        raise translation.refuse(JSON_OPTIONS, written, code(written))
    options = ", ".join(f"{name}=True" for name in ("force", "silent") if name in bound and code(bound[name]) == "True")
    return expression(f"{{body}}.json({options})", body=body(translation, written))


def json(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.json`."""
    return expression("{body}.json()", body=body(translation, node))


def json_item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.json[...]`."""
    return updated.with_changes(value=json(translation, written.value))


def is_json(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.is_json`."""
    return expression("{body}.is_json", body=body(translation, node))


def data(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.data`."""
    return expression("{body}.data()", body=body(translation, node))


def get_data(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.get_data(as_text=…)`."""
    bound = bind(call, "cache", "as_text", "parse_form_data")
    if bound is None or any(code(one) not in ("True", "False") for one in bound.values()) or "parse_form_data" in bound:
        raise translation.refuse(JSON_OPTIONS, written, code(written))
    method = "text" if "as_text" in bound and code(bound["as_text"]) == "True" else "bytes"
    return expression(f"{{body}}.{method}()", body=body(translation, written))


RULE = Rule(
    calls={"flask.request.get_json": get_json, "flask.request.get_data": get_data},
    attributes={"flask.request.json": json, "flask.request.is_json": is_json, "flask.request.data": data},
    subscripts={"flask.request.json": json_item},
    diagnostics=(BODY_OUT_OF_REACH, JSON_OPTIONS, TWO_BODIES),
)
