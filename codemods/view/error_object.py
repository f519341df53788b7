"""What an error handler reads of the HTTP error that it is given.

jsonify(error=e.description), e.code    →    FlaskJSONResponse({"error": description(e)}, e.status_code)
"""

import libcst as cst

from codemods.findings import Diagnostic

from .rule import Translation, code

ERROR_ATTRIBUTE = Diagnostic(
    "FM511",
    "blocked",
    "an error handler uses its error in a way that has no counterpart",
    "FastAPI's HTTPException has a status, a detail and headers; Werkzeug's exceptions have more.",
    "Use error.code, error.name, error.description or str(error).",
)

FUNCTIONS = {"description": "description", "name": "name", "valid_methods": "valid_methods"}


def attribute(translation: Translation, node: cst.Attribute) -> cst.BaseExpression:
    """`error.code`, `error.description`, `error.name`."""
    if node.attr.value == "code":
        return node.with_changes(attr=cst.Name("status_code"))
    if node.attr.value in FUNCTIONS:
        helper = translation.need(".compat.http_errors", FUNCTIONS[node.attr.value])
        return cst.Call(cst.Name(helper), [cst.Arg(node.value)])
    raise translation.refuse(ERROR_ATTRIBUTE, node, code(node))


def page(translation: Translation, error: cst.Name) -> cst.BaseExpression:
    """`return error`: Werkzeug's own page for it."""
    helper = cst.Name(translation.need(".compat.http_errors", "error_page"))
    return cst.Call(helper, [cst.Arg(translation.request()), cst.Arg(error)])


def as_text(translation: Translation, error: cst.Name) -> cst.BaseExpression:
    """`str(error)`: "404 Not Found: The requested URL …"."""
    return cst.Call(cst.Name(translation.need(".compat.http_errors", "text")), [cst.Arg(error)])
