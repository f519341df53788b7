"""Error handlers, by status or by class of exceptions, as functions of `errors.py`.

@app.errorhandler(404)                          def not_found(request: Request, error: HTTPException) -> Response:
def not_found(error):                  →            return FlaskJSONResponse({"error": description(error)}, 404)
    return {"error": error.description}, 404
"""

import re
from dataclasses import dataclass, replace

from codemods.app.functions.inner_functions import FoundFunction
from codemods.carry import Carrier, FileReferences, Policy
from codemods.extensions import ExtensionHandler, exception, handler_of, is_raised_here
from codemods.extensions.resources.error_routers import AHEAD, METHOD, ErrorRouter, error_router
from codemods.extensions.resources.representations import API_UNREADABLE
from codemods.findings import Diagnostic, Finding
from codemods.model import Callee, ErrorHandler
from codemods.schemas.basis.errors import ERRORS
from codemods.view.error_object import HTTP_EXCEPTION, ErrorObject
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import Refused, refuse
from codemods.view.rules.errors import STATUSES
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .surrounding import INVALID, ConvertedFunction, Surrounding, convert_function

HANDLER_KIND = Diagnostic(
    "FM503",
    "blocked",
    "an error handler for a class that has no counterpart",
    "Converted code raises FastAPI's HTTPException, which a handler for another HTTP exception class would miss.",
    "Register the handler for the status, or for HTTPException.",
)

KEY_ERROR = Need(".compat.http_statuses", "BadRequestKeyError")


@dataclass(frozen=True, slots=True)
class ConvertedHandler:
    """A handler and what it is registered for: `key` is source text, a status or a class.

    `flask_class` is the same class in the Flask application's module, where the handler is for one that is carried
    along: beside Flask it is raised there. `ours` is the class that converted code raises in the place of the one that
    the handler is for.
    """

    function: ConvertedFunction
    blueprint: str
    key: str
    key_need: Need | None
    flask_class: Need | None = None
    ours: Need | None = None

    @property
    def application(self) -> Finding | None:
        """Why the handler runs only inside an application context."""
        return self.function.application

    def without_home(self) -> tuple[object, ...]:
        """What the handler is and is for, wherever it stands."""
        return self.function.without_home(), self.key, self.key_need


def convert_handler(carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str) -> ConvertedHandler:
    """Convert an error handler; raises `Refused`."""
    made = handler_of(carrier.project, carrier.sources, handler, policy == "native")
    if isinstance(made, Finding):
        raise Refused(made)
    if made is not None:
        return _of_extension(carrier, handler, made, policy, here)
    router = error_router(carrier.project, carrier.sources) if handler.blueprint == AHEAD else None
    if isinstance(router, str):
        raise refuse(API_UNREADABLE, handler.function.location, router)
    mine = registration(carrier, handler, policy, here)
    others = (
        [handler] if router else [one for one in carrier.project.error_handlers if one.function == handler.function]
    )
    every = [registration(carrier, one, policy, here) for one in others]

    def error(name: str) -> ErrorObject:
        classes = {(one.key, one.need) for one in every if not one.http}
        statuses = frozenset(one.status for one in every if one.http)
        own = frozenset(one.key for one in every if one.own)
        return ErrorObject(name, statuses, tuple(sorted(classes, key=str)), own)

    lambda_name = "handle_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", handler.exception.rpartition(".")[2])
    around = Surrounding(
        handler.function, "handler", lambda_name, not handler.blueprint, error=error, blueprint=handler.blueprint,
        found=_found(carrier, router) if isinstance(router, ErrorRouter) else None,
    )  # fmt: skip
    function = convert_function(carrier, around, policy, here)
    application = next((one.application for one in every if one.application), None)
    if application and not function.application:
        function = replace(function, application=application)
    return ConvertedHandler(function, handler.blueprint, mine.key, mine.need, mine.flask_class, mine.ours)


def routed_errors(carrier: Carrier) -> tuple[ErrorHandler, ...]:
    """What an `Api` of the project's own answers ahead of all error handlers, as if that were such a handler."""
    router = error_router(carrier.project, carrier.sources)
    if isinstance(router, str):
        return (ErrorHandler(AHEAD, None, "builtins.Exception", Callee(METHOD, None, True)),)
    return (router.handler,) if router is not None else ()


def _found(carrier: Carrier, router: ErrorRouter) -> FoundFunction:
    names = Names.of(carrier.project, router.module, router.function)
    return FoundFunction(router.module, router.function.name.value, router.function, names)


def _of_extension(
    carrier: Carrier, handler: ErrorHandler, made: ExtensionHandler, policy: Policy, here: str
) -> ConvertedHandler:
    """What an extension registers: its own answer, or that of a function which the application gave it."""
    if made.processed_by is None:
        called = _processing(carrier, handler, made, made.calls, policy, here) if made.calls else None
        function = ConvertedFunction(made.name, made.text, made.needs, called.application if called else None)
    elif made.given:
        function = _handing_on(carrier, handler, made, made.processed_by, policy, here)
    else:
        function = _processing(carrier, handler, made, made.processed_by, policy, here)
    return ConvertedHandler(function, handler.blueprint, made.key, made.key_need, made.flask_class)


def _processing(
    carrier: Carrier, handler: ErrorHandler, made: ExtensionHandler, processed_by: Callee, policy: Policy, here: str
) -> ConvertedFunction:
    """A function of the project that makes the answer to an error."""

    def error(name: str) -> ErrorObject:
        return ErrorObject(name, frozenset(), ((made.key, made.key_need),))

    around = Surrounding(processed_by, "handler", "handle_error", not handler.blueprint, error=error)
    return convert_function(carrier, around, policy, here)


def _handing_on(
    carrier: Carrier, handler: ErrorHandler, made: ExtensionHandler, processed_by: Callee, policy: Policy, here: str
) -> ConvertedFunction:
    """A function of the project, and the handler that gives it parts of the error."""
    anything = ("Any", Need("typing", "Any"))
    around = Surrounding(
        processed_by, "handler", "answer_error", not handler.blueprint, (anything,) * len(made.given)
    )  # fmt: skip
    function = convert_function(carrier, around, policy, here)
    text = (
        f"{function.text}\n\n"
        f"def {made.name}(request: Request, error: {made.key}) -> Response:\n"
        f"    return {function.name}(request, {', '.join(made.given)})\n"
    )
    return replace(function, name=made.name, text=text, needs=function.needs | made.needs)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a handler is registered for: a status or a class as source text, with its import.

    `own` tells that the class is an HTTP error of the application's own.
    """

    key: str
    need: Need | None
    http: bool = False
    own: bool = False
    status: int | None = None
    flask_class: Need | None = None
    ours: Need | None = None
    application: Finding | None = None


def registration(carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str) -> Registration:
    """What a handler is registered for; raises `Refused` where that has no counterpart."""
    if handler.exception == "werkzeug.exceptions.HTTPException":
        return Registration(HTTP_EXCEPTION.name, HTTP_EXCEPTION, http=True)
    if handler.exception.startswith("werkzeug.exceptions."):
        name = handler.exception.rpartition(".")[2]
        if STATUSES.get(name) == handler.code:
            return Registration(str(handler.code), None, http=True, status=handler.code)
        if name == KEY_ERROR.name:
            return Registration(KEY_ERROR.name, KEY_ERROR)
    return _class_registration(carrier, handler, policy, here)


def _class_registration(carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str) -> Registration:
    module, name = split(carrier.project, handler.exception)
    replaced = exception(handler.exception)
    foreign = Finding(NEEDS_APPLICATION, handler.function.location, f"the class '{handler.exception}'")
    if replaced is not None:
        is_ours = is_raised_here(handler.exception)
        return Registration(replaced.name, replaced, application=None if is_ours else foreign)
    if module is not None and carrier.is_http_error(handler.exception):
        # Handlers are given our errors, be it that a bridged route raised Flask's (`foreign.from_foreign`).
        found = FileReferences(carrier, "native", False, here).definition(module, name, handler.function.location)
        if found.application is not None:
            raise refuse(HANDLER_KIND, handler.function.location, found.application.detail)
        return Registration(found.text, found.need, own=True)
    if handler.code is not None:
        raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
    if module is not None:
        found = FileReferences(carrier, policy, False, here).definition(module, name, handler.function.location)
        is_carried = found.need is not None and found.need.module.startswith(".") and "." not in found.text
        beside = Need(module.name, name, f"Flask{name}") if is_carried else None
        return Registration(found.text, found.need, flask_class=beside, application=found.application)
    if handler.exception in ERRORS:
        theirs = Need("marshmallow", "ValidationError")
        if policy == "native":
            return Registration(INVALID.name, INVALID, flask_class=replace(theirs, alias="MarshmallowError"))
        ours = INVALID if carrier.schemas_beside_flask.plans else None
        return Registration(theirs.name, theirs, ours=ours, application=foreign)
    package, _, kind = handler.exception.rpartition(".")
    if package.startswith("werkzeug") or "." in kind:
        raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
    application = foreign if package.partition(".")[0] == "marshmallow" else None
    return Registration(kind, None if package == "builtins" else Need(package, kind), application=application)
