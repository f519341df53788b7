"""Error handlers, by status or by class of exceptions, as functions of `errors.py`.

@app.errorhandler(404)                          def not_found(request: Request, error: HTTPException) -> Response:
def not_found(error):                  →            return FlaskJSONResponse({"error": description(error)}, 404)
    return {"error": error.description}, 404
"""

import re
from dataclasses import dataclass, replace

from codemods.carry import Carrier, FileReferences, Policy
from codemods.extensions import exception
from codemods.findings import Diagnostic, Finding
from codemods.model import ErrorHandler
from codemods.schemas.errors import ERRORS
from codemods.view.imports import Need
from codemods.view.names import split
from codemods.view.refusal import refuse
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .surrounding import HTTP_EXCEPTION, INVALID, ConvertedFunction, Surrounding, convert_function

HANDLER_KIND = Diagnostic(
    "FM503",
    "blocked",
    "an error handler for a class that has no counterpart",
    "Converted code raises FastAPI's HTTPException, which a handler for another HTTP exception class would miss.",
    "Register the handler for the status, or for HTTPException.",
)

WERKZEUG_CODES = "werkzeug.exceptions."


@dataclass(frozen=True, slots=True)
class ConvertedHandler:
    """A handler and what it is registered for: `key` is source text, a status or a class.

    `flask_class` is the same class in the Flask application's module, where the handler is for one that is carried
    along: beside Flask it is raised there.
    """

    function: ConvertedFunction
    blueprint: str
    key: str
    key_need: Need | None
    flask_class: Need | None = None

    @property
    def application(self) -> Finding | None:
        """Why the handler runs only inside an application context."""
        return self.function.application

    def without_home(self) -> tuple[object, ...]:
        """What the handler is and is for, wherever it stands."""
        return self.function.without_home(), self.key, self.key_need


def convert_handler(carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str) -> ConvertedHandler:
    """Convert an error handler; raises `Refused`."""
    need: Need | None
    flask_class: Need | None = None
    application: Finding | None = None
    foreign = Finding(NEEDS_APPLICATION, handler.function.location, f"the class '{handler.exception}'")
    http = handler.code is not None or handler.exception == "werkzeug.exceptions.HTTPException"
    if http:
        if handler.code is not None and not handler.exception.startswith(WERKZEUG_CODES):
            raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
        need = HTTP_EXCEPTION
        key, key_need = (str(handler.code), None) if handler.code is not None else ("HTTPException", need)
        function = _function(carrier, handler, policy, here, ("HTTPException", need))
        return ConvertedHandler(function, handler.blueprint, key, key_need)
    module, name = split(carrier.project, handler.exception)
    replaced = exception(handler.exception)
    if replaced is not None:
        kind, need, application = replaced.name, replaced, foreign
    elif module is not None:
        reference = FileReferences(carrier, policy, False, here).definition(module, name, handler.function.location)
        kind, need, application = reference.text, reference.need, reference.application
        if need is not None and need.module.startswith("."):
            flask_class = Need(module.name, name, f"Flask{name}")
    elif handler.exception in ERRORS and policy == "native":
        kind, need = INVALID.name, INVALID
        flask_class = Need("marshmallow", "ValidationError", "MarshmallowError")
    else:
        package, _, kind = handler.exception.rpartition(".")
        if package.startswith("werkzeug") or "." in kind:
            raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
        need = None if package == "builtins" else Need(package, kind)
        application = foreign if package.partition(".")[0] == "marshmallow" else None
    function = _function(carrier, handler, policy, here, (kind, need))
    if application and not function.application:
        function = replace(function, application=application)
    return ConvertedHandler(function, handler.blueprint, kind, need, flask_class)


def _function(
    carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str, given: tuple[str, Need | None]
) -> ConvertedFunction:
    lambda_name = "handle_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", handler.exception.rpartition(".")[2])
    around = Surrounding(handler.function, "handler", lambda_name, not handler.blueprint, (given,))
    return convert_function(carrier, around, policy, here)
