"""flask-smorest: what it dumps around views, its `abort`, and the JSON that it makes of every HTTP error.

    @blp.route("/pets", methods=["POST"])          @router.post("/pets", status_code=201, ...)
    @blp.response(201, PetOut)               →     @responding(201, PetOut.dump)
    def create_pet():                              def create_pet() -> Any:
        abort(409, message="There is one.")            raise error_with(409, message="There is one.")

What it loads (`arguments`, `paginate`), its ETags and what it only documents (`alt_response`) stay on Flask.
"""

import libcst as cst

from codemods.findings import Diagnostic, Finding
from codemods.model import Decorator, ErrorHandler, Project
from codemods.view.error_object import HTTP_ERROR, HTTP_EXCEPTION
from codemods.view.imports import Need
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, arguments, code
from codemods.view.rules import errors
from codemods.view.source import Sources

from .extension import Extension, ExtensionHandler, Output
from .options import bound_arguments, option

PACKAGE = "flask_smorest"
MAKER = "flask_smorest.Blueprint"
DETAILS = ".compat.error_details"

RESPONSE = Diagnostic(
    "FM741",
    "blocked",
    "a decorator of flask-smorest's in a form that is not converted",
    "What it loads, checks or dumps is decided by arguments that are not spelled out where it stands, or that have no "
    "counterpart.",
    "Give it a schema class and constants, or keep the route on Flask.",
)
HANDLER = Diagnostic(
    "FM742",
    "blocked",
    "a route that needs the Flask application could meet flask-smorest's errors",
    "Code of the Flask application raises errors with details that only flask-smorest's own handler knows.",
    "Make what the route uses independent of the Flask application.",
)
ABORT = Diagnostic(
    "FM743",
    "blocked",
    "flask-smorest's abort is called in a way that has no counterpart",
    "Its arguments are spread from a value that is only known when the code runs.",
    "Spell out the status, message, errors and headers.",
)

HANDLE = '''\
def handle_http_error(request: Request, error: HTTPError) -> Response:
    """An HTTP error as JSON, with what was said where it was raised."""
    body = {"code": error.status_code, "status": error.name, **details(error)}
    return FlaskJSONResponse(body, error.status_code, headers_of(error))
'''

DOCUMENTED = ("content_type", "description", "example", "examples", "headers")
"""The options that only its own pages for OpenAPI read."""


def dumps(decorator: Decorator, written: cst.BaseExpression) -> Output:
    """`@blp.response(201, PetOut)`; raises `Refused`."""
    bound = bound_arguments(RESPONSE, decorator, written, "status_code", "schema", *DOCUMENTED)
    status = option(RESPONSE, decorator, bound, "status_code", None)
    if not isinstance(status, int):
        raise refuse(RESPONSE, decorator.location, f"'{decorator.text}'")
    schema = bound.get("schema")
    is_none = schema is None or code(schema) == "None"
    return Output(None if is_none else schema, status, Need(".compat.dumped", "responding"))


def http_error(
    project: Project, sources: Sources, handler: ErrorHandler, is_native: bool
) -> ExtensionHandler | Finding:
    """The handler that answers every HTTP error."""
    if not is_native:
        return Finding(HANDLER, None, f"'{handler.exception}'")
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), HTTP_ERROR}
    needs |= {Need(".compat.responses", "FlaskJSONResponse"), Need(DETAILS, "details"), Need(DETAILS, "headers_of")}
    return ExtensionHandler("handle_http_error", HANDLE, frozenset(needs), HTTP_EXCEPTION.name, HTTP_EXCEPTION)


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(404)` as Flask's own; with details as an error that has them."""
    found = arguments(written)
    if found is None or not found[0]:
        raise translation.refuse(ABORT, written, code(written))
    if len(written.args) == 1:
        return errors.abort(translation, written, call)
    name = "error_with" if written in translation.raised else "abort"
    return call.with_changes(func=cst.Name(translation.need(DETAILS, name)))


RULE = Rule(calls={f"{PACKAGE}.abort": abort}, diagnostics=(RESPONSE, HANDLER, ABORT))

EXTENSION = Extension(
    PACKAGE,
    error_handlers={"flask_smorest.error_handler.ErrorHandlerMixin.handle_http_exception": http_error},
    layers={f"{MAKER}.response": dumps},
)
