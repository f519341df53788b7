"""`request.json`, `request.get_json()`, `request.data` → a body parameter that is decoded where the code asks for it.

    data = request.get_json()    →    def endpoint(json_body: JsonBody[Any]): data = json_body.json()

FastAPI decodes a body before any dependency runs; `JsonBody` only shows it in OpenAPI, so guards keep their place.
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression
from codemods.view.signature import JSON, Parameter

JSON_OPTIONS = Diagnostic(
    "FM212",
    "blocked",
    "get_json is called with arguments that are not constants",
    "Whether a wrong content type or malformed text is an error depends on them.",
    "Spell force=, silent= and cache= out as True or False.",
)


def body(translation: Translation, is_json: bool = False) -> cst.BaseExpression:
    """The body: a parameter that OpenAPI shows as JSON, or any body where it is none or read in other forms too."""
    signature = translation.signature
    if signature.whole_body or not signature.injected or not (is_json or translation.reads.json):
        return translation.body()
    known = signature.find(JSON)
    name = known.name if known else signature.free_name("json_body", "sent")
    needs = frozenset({Need("typing", "Any"), Need(".compat.json_body", "JsonBody")})
    return translation.ask(Parameter(name, "JsonBody[Any]", None, JSON, needs))


def get_json(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.get_json(force=…, silent=…)`."""
    bound = bind(call, "force", "silent", "cache")
    if bound is None or any(code(one) not in ("True", "False") for one in bound.values()):
        raise translation.refuse(JSON_OPTIONS, written, code(written))
    options = [f"{name}=True" for name in ("force", "silent") if name in bound and code(bound[name]) == "True"]
    options += uncached(bound)
    return expression(f"{{body}}.json({', '.join(options)})", body=body(translation, True))


def uncached(bound: dict[str, cst.BaseExpression]) -> list[str]:
    """The argument for a body that is read and not kept."""
    return ["cache=False"] if "cache" in bound and code(bound["cache"]) == "False" else []


def json(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.json`."""
    return expression("{body}.json()", body=body(translation, True))


def json_item(translation: Translation, written: cst.Subscript, updated: cst.Subscript) -> cst.BaseExpression:
    """`request.json[...]`."""
    return updated.with_changes(value=json(translation, written.value))


def is_json(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.is_json`."""
    return expression("{body}.is_json", body=body(translation))


def data(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.data`."""
    return expression("{body}.data()", body=body(translation))


def get_data(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.get_data(as_text=…)`; with `parse_form_data` it is `request.data`."""
    bound = bind(call, "cache", "as_text", "parse_form_data")
    if bound is None or any(code(one) not in ("True", "False") for one in bound.values()):
        raise translation.refuse(JSON_OPTIONS, written, code(written))
    chosen = {name for name, value in bound.items() if code(value) == "True"}
    options = uncached(bound)
    if "parse_form_data" in chosen:
        if options or "as_text" in chosen:
            raise translation.refuse(JSON_OPTIONS, written, code(written))
        return data(translation, written)
    method = "text" if "as_text" in chosen else "bytes"
    return expression(f"{{body}}.{method}({', '.join(options)})", body=body(translation))


def stream(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`request.stream`."""
    return expression("{body}.stream", body=body(translation))


RULE = Rule(
    calls={"flask.request.get_json": get_json, "flask.request.get_data": get_data},
    attributes={
        "flask.request.json": json,
        "flask.request.is_json": is_json,
        "flask.request.data": data,
        "flask.request.stream": stream,
    },
    subscripts={"flask.request.json": json_item},
    diagnostics=(JSON_OPTIONS,),
)
