"""`abort(404, …)` and Werkzeug's exceptions → `HTTPException`.

abort(404, description="no such order")    →    raise HTTPException(404, "no such order")
"""

from http import HTTPStatus

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.rule import Rule, Translation, bind, code, expression

ABORT_ARGUMENTS = Diagnostic(
    "FM311",
    "blocked",
    "abort is called with something else than a status and a description",
    "A code that is not a constant may be one that Werkzeug does not know, and further arguments reach the exception's "
    "own constructor.",
    "Call abort with a constant status.",
)
ABORT_IN_EXPRESSION = Diagnostic(
    "FM312",
    "blocked",
    "abort is used inside an expression",
    "In FastAPI an error is raised by a statement.",
    "Write it as a statement of its own, under an if.",
)
FOREIGN_EXCEPTION = Diagnostic(
    "FM313",
    "blocked",
    "one of Werkzeug's exceptions is used in a way that has no counterpart",
    "Converted code raises FastAPI's HTTPException; catching or subclassing Werkzeug's classes would miss it.",
    "Raise it with a description only, or use abort.",
)

STATUSES = {
    "BadRequest": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404,
    "NotAcceptable": 406, "RequestTimeout": 408, "Conflict": 409, "Gone": 410, "LengthRequired": 411,
    "PreconditionFailed": 412, "RequestEntityTooLarge": 413, "RequestURITooLarge": 414, "UnsupportedMediaType": 415,
    "ExpectationFailed": 417, "ImATeapot": 418, "UnprocessableEntity": 422, "Locked": 423, "FailedDependency": 424,
    "PreconditionRequired": 428, "TooManyRequests": 429, "RequestHeaderFieldsTooLarge": 431,
    "UnavailableForLegalReasons": 451, "InternalServerError": 500, "NotImplemented": 501, "BadGateway": 502,
    "ServiceUnavailable": 503, "GatewayTimeout": 504, "HTTPVersionNotSupported": 505,
}  # fmt: skip
"""Werkzeug's exceptions that take a description first (werkzeug.exceptions; 401, 405, 416 and 429 take more)."""

LENGTH_FIRST = 416
"""Werkzeug's RequestedRangeNotSatisfiable takes a length first, and no description in that place."""

KNOWN = frozenset(STATUSES.values()) | {416, 421}


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(status, description)` as the exception to raise; the translator makes the statement."""
    bound = bind(call, "code", "description", "response")
    original = bind(written, "code", "description", "response")
    if bound is None or original is None or "code" not in bound:
        raise translation.refuse(ABORT_ARGUMENTS, written, code(written))
    answer = original.get("response")
    if answer is None and translation.kind(original["code"]) == "response":
        answer, bound["response"] = original["code"], bound["code"]
    if answer is not None:
        return cst.Call(cst.Name(translation.need(".compat.routing", "Answer")), [cst.Arg(bound["response"])])
    status = status_of(original["code"], translation)
    if status is None or (status == LENGTH_FIRST and "description" in bound):
        raise translation.refuse(ABORT_ARGUMENTS, written, code(written))
    return http_exception(translation, status, bound.get("description"))


def status_of(node: cst.BaseExpression, translation: Translation) -> int | None:
    """The status that a constant stands for, where Werkzeug has an exception for it."""
    if isinstance(node, cst.Integer):
        return node.evaluated_value if node.evaluated_value in KNOWN else None
    qualified = translation.names.qualified(node) or ""
    if qualified.startswith("http.HTTPStatus."):
        status = getattr(HTTPStatus, qualified.rpartition(".")[2], None)
        return int(status) if status in KNOWN else None
    return None


def http_exception(translation: Translation, status: int, description: cst.BaseExpression | None) -> cst.BaseExpression:
    """The exception of a status."""
    name = translation.need("fastapi", "HTTPException")
    if description is None or code(description) == "None":
        return expression(f"{name}({status})")
    return expression(f"{name}({status}, {{description}})", description=description)


def werkzeug_exception(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`NotFound("…")`."""
    qualified = translation.names.qualified(written.func) or ""
    bound = bind(call, "description")
    if bound is None:
        raise translation.refuse(FOREIGN_EXCEPTION, written, code(written))
    return http_exception(translation, STATUSES[qualified.rpartition(".")[2]], bound.get("description"))


RULE = Rule(
    calls={
        "flask.abort": abort,
        "werkzeug.exceptions.abort": abort,
        **{f"werkzeug.exceptions.{name}": werkzeug_exception for name in STATUSES},
    },
    kinds={f"werkzeug.exceptions.{name}": "exception" for name in STATUSES},
    diagnostics=(ABORT_ARGUMENTS, ABORT_IN_EXPRESSION, FOREIGN_EXCEPTION),
)
