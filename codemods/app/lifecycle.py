"""Hooks and error handlers: functions around all endpoints of the application or of a blueprint.

    @bp.before_request                      def require_token(request: Request) -> None:
    def require_token():               →        if request.headers.get("X-Token") != state.TOKEN:
        if request.headers.get(…) …                 raise Answer(make_response(("no", 401)))
            return "no", 401

They are kept in Flask's own order by the application's `Lifecycle`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import libcst as cst

from codemods.carry import Carrier, FileReferences, Policy
from codemods.extensions import exception, handled_by
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import ErrorHandler, Hook
from codemods.schemas.errors import ERRORS, reads_messages_only
from codemods.view.asking import Role
from codemods.view.imports import Need
from codemods.view.names import split
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import code
from codemods.view.signature import Parameter, Signature
from codemods.view.translator import Translator

from .guards import DECORATED, renamed
from .inner_functions import find_function

HOOK_KIND = Diagnostic(
    "FM501",
    "blocked",
    "a hook of a kind that is not converted yet",
    "Everything in its reach would lose what the hook does.",
    "Keep the routes in its reach on Flask, or move the hook's work into the views.",
)
HOOK_FOREIGN = Diagnostic(
    "FM502",
    "blocked",
    "a hook, handler or signal receiver that is not the project's own",
    "An extension registered it; what it does to each request is not known to the tool.",
    "Keep the routes in its reach on Flask until the extension is replaced.",
)
HANDLER_KIND = Diagnostic(
    "FM503",
    "blocked",
    "an error handler for a class that has no counterpart",
    "Converted code raises FastAPI's HTTPException, which a handler for another HTTP exception class would miss.",
    "Register the handler for the status, or for HTTPException.",
)

HTTP_EXCEPTION = Need("starlette.exceptions", "HTTPException")
INVALID = Need(".compat.schema_errors", "InvalidError")
"""What stands for Marshmallow's error in native code."""

REGISTERING = frozenset(
    [
        "after_app_request", "after_request", "app_context_processor", "app_errorhandler", "before_app_request",
        "before_request", "context_processor", "errorhandler", "teardown_app_request", "teardown_request",
    ]
)  # fmt: skip
"""Decorators of Flask's applications and blueprints that give back the function that they are given."""

T = TypeVar("T", "ConvertedFunction", "ConvertedHandler")

WERKZEUG_CODES = "werkzeug.exceptions."
ROLES: dict[str, Role] = {
    "before_request": "before",
    "after_request": "after",
    "teardown_request": "teardown",
    "context_processor": "processor",
}


@dataclass(frozen=True, slots=True)
class ConvertedFunction:
    """A hook or handler as a function of `hooks.py` or `errors.py`."""

    name: str
    text: str
    needs: frozenset[Need]
    application: bool


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
    def application(self) -> bool:
        """Whether the handler runs only inside an application context."""
        return self.function.application


def convert_hook(carrier: Carrier, hook: Hook, policy: Policy, here: str) -> ConvertedFunction:
    """Convert a hook; raises `Refused`."""
    role = ROLES.get(hook.kind)
    if role is None:
        raise refuse(HOOK_KIND, hook.function.location, f"{hook.kind} '{hook.function.qualified}'")
    parameters = (Parameter("request", "Request", None, ("request", ""), frozenset({Need("fastapi", "Request")})),)
    if role == "after":
        return _convert(carrier, hook, policy, here, role, parameters, "response", None)
    if role == "teardown":
        return _convert(carrier, hook, policy, here, role, parameters, None, ("BaseException | None", None))
    return _convert(carrier, hook, policy, here, role, parameters, None, None)


def convert_handler(carrier: Carrier, handler: ErrorHandler, policy: Policy, here: str) -> ConvertedHandler:
    """Convert an error handler; raises `Refused`."""
    request = Parameter("request", "Request", None, ("request", ""), frozenset({Need("fastapi", "Request")}))
    need: Need | None
    flask_class: Need | None = None
    http = handler.code is not None or handler.exception == "werkzeug.exceptions.HTTPException"
    if http:
        if handler.code is not None and not handler.exception.startswith(WERKZEUG_CODES):
            raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
        need = HTTP_EXCEPTION
        key, key_need = (str(handler.code), None) if handler.code is not None else ("HTTPException", need)
        function = _convert(carrier, handler, policy, here, "handler", (request,), None, ("HTTPException", need))
        return ConvertedHandler(function, handler.blueprint, key, key_need)
    module, name = split(carrier.project, handler.exception)
    replaced = exception(handler.exception)
    if replaced is not None:
        kind, need, application = replaced.name, replaced, True
    elif module is not None:
        reference = FileReferences(carrier, policy, False, here).definition(module, name, handler.function.location)
        kind, need, application = reference.text, reference.need, reference.application
        if need is not None and need.module.startswith("."):
            flask_class = Need(module.name, name, f"Flask{name}")
    elif handler.exception in ERRORS and policy == "native":
        kind, need, application = INVALID.name, INVALID, False
        flask_class = Need("marshmallow", "ValidationError", "MarshmallowError")
    else:
        package, _, kind = handler.exception.rpartition(".")
        if package.startswith("werkzeug") or "." in kind:
            raise refuse(HANDLER_KIND, handler.function.location, f"'{handler.exception}'")
        need = None if package == "builtins" else Need(package, kind)
        application = package.partition(".")[0] == "marshmallow"
    function = _convert(carrier, handler, policy, here, "handler", (request,), None, (kind, need))
    if application and not function.application:
        function = ConvertedFunction(function.name, function.text, function.needs, True)
    return ConvertedHandler(function, handler.blueprint, kind, need, flask_class)


def _convert(
    carrier: Carrier,
    around: Hook | ErrorHandler,
    policy: Policy,
    here: str,
    role: Role,
    parameters: tuple[Parameter, ...],
    response: str | None,
    error: tuple[str, Need | None] | None,
) -> ConvertedFunction:
    callee, location = around.function, around.function.location
    if location is None or not callee.owned:
        raise refuse(HOOK_FOREIGN, location, f"'{callee.qualified}'")
    found = find_function(carrier, callee, _lambda_name(around), not around.blueprint)
    function, names, name = found.function, found.names, found.name
    _check_decorators(function, location)
    signature = Signature(False, names.local)
    for parameter in parameters:
        signature.ask(parameter)
    needs = {need for one in parameters for need in one.needs}
    own = [one.name.value for one in function.params.params]
    if len(own) != (1 if response or error else 0):
        raise refuse(HOOK_KIND, location, f"'{name}' takes {len(own)} arguments")
    http_error = any_error = None
    if response:
        signature.ask(Parameter(own[0], "Response", None, ("response", "")))
    if error:
        kind, need = error
        signature.ask(Parameter(own[0], kind, None, ("error", "")))
        needs |= {need} if need else set()
        http_error = own[0] if need == HTTP_EXCEPTION else None
        any_error = own[0] if need is None and kind in ("Exception", "BaseException") else None
    translator = Translator(
        function, names, FileReferences(carrier, policy, False, here), signature,
        role=role, location=location, http_error=http_error, any_error=any_error, response=own[0] if response else None,
    )  # fmt: skip
    bare = function.with_changes(decorators=(), returns=None, params=cst.Parameters())
    translated = bare.visit(translator)
    assert isinstance(translated, cst.FunctionDef)
    application = translator.application or policy == "bridged"
    if error and error[1] == INVALID:
        application |= not reads_messages_only(function.body, own[0])
    returns = {"before": "None", "teardown": "None", "processor": "dict[str, Any]"}.get(role, "Response")
    needs.add(Need("typing", "Any") if role == "processor" else Need("fastapi", "Response"))
    kind = "async def" if function.asynchronous is not None else "def"
    text = f"{kind} {name}({signature.render()}) -> {returns}:\n{code(translated.body).strip(chr(10))}\n"
    return ConvertedFunction(name, text, frozenset(translator.needs | needs), application)


def _check_decorators(function: cst.FunctionDef, location: Location) -> None:
    """Raise `Refused` where what Flask calls is more than the function: a decorator stands below the one that registers
    it, or it is registered by a call after its definition."""
    places = [index for index, one in enumerate(function.decorators) if _registers(one.decorator)]
    for decorator in function.decorators[min(places, default=-1) + 1 :]:
        if not _registers(decorator.decorator):
            raise refuse(DECORATED, location, f"'{code(decorator.decorator)}' on '{function.name.value}'")


def _registers(decorator: cst.BaseExpression) -> bool:
    called = decorator.func if isinstance(decorator, cst.Call) else decorator
    return isinstance(called, cst.Attribute) and called.attr.value in REGISTERING


def _lambda_name(around: Hook | ErrorHandler) -> str:
    """What a lambda that is registered as a hook or handler is called: `handle_not_found`."""
    if isinstance(around, Hook):
        return around.kind
    return "handle_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", around.exception.rpartition(".")[2])


@dataclass(frozen=True, slots=True)
class Around:
    """All hooks and handlers of the application, converted or refused, by their scope ("" is the application)."""

    hooks: tuple[tuple[Hook, ConvertedFunction | Finding], ...]
    handlers: tuple[tuple[ErrorHandler, ConvertedHandler | Finding], ...]
    processors: tuple[tuple[Hook, ConvertedFunction], ...] = ()

    def blocking(self, blueprints: tuple[str, ...]) -> list[Finding]:
        """What keeps the endpoints below these blueprints (and the application) on Flask."""
        found: list[Finding] = []
        for hook, hook_result in self.hooks:
            if isinstance(hook_result, Finding) and hook.blueprint in blueprints:
                found.append(hook_result)
        for handler, handler_result in self.handlers:
            if isinstance(handler_result, Finding) and handler.blueprint in blueprints:
                found.append(handler_result)
        return found

    def needs_application(self, blueprints: tuple[str, ...]) -> bool:
        """Whether something around these endpoints runs only inside an application context."""
        return any(
            isinstance(result, ConvertedFunction) and result.application and hook.blueprint in blueprints
            for hook, result in self.hooks
        ) or any(
            isinstance(result, ConvertedHandler) and result.function.application and handler.blueprint in blueprints
            for handler, result in self.handlers
        )


HARMLESS = ("teardown_appcontext", "context_processor")
"""Hooks that a converted route keeps as they are: the application context runs the first, templates the second."""


def convert_around(carrier: Carrier, here: str) -> Around:
    """Convert everything that stands around endpoints. Templates first: hooks and handlers may render them."""
    processors = _processors(carrier, here)
    around = _converted(carrier, here, ("native", "bridged"))
    if around.needs_application(("",)):
        around = _converted(carrier, here, ("bridged",))
    return replace(around, processors=processors)


def _processors(carrier: Carrier, here: str) -> tuple[tuple[Hook, ConvertedFunction], ...]:
    """The context processors as functions of the request, which templates are given.

    The first that cannot be one is noted as what keeps pages on Flask.
    """
    found = []
    for hook in carrier.project.hooks:
        if hook.kind != "context_processor" or not hook.function.owned:
            continue
        result = _attempt(partial(convert_hook, carrier, hook, here=here), ("bridged",))
        if isinstance(result, Finding):
            carrier.template_finding = carrier.template_finding or result
        else:
            found.append((hook, _named(carrier, "templating", result)))
    return tuple(found)


def _converted(carrier: Carrier, here: str, policies: Sequence[Policy]) -> Around:
    """Every hook and handler by the first of these policies that serves it.

    Where one of the application's own needs the application context, all do: those around one endpoint must see the
    same classes.
    """
    hooks = tuple(
        (hook, _attempt(partial(convert_hook, carrier, hook, here=here), policies))
        for hook in carrier.project.hooks
        if hook.kind not in HARMLESS
    )
    handlers = tuple(
        (handler, _attempt(partial(convert_handler, carrier, handler, here=here), policies))
        for handler in carrier.project.error_handlers
        if handled_by(handler.function) is None
    )
    return Around(
        tuple(
            (hook, result if isinstance(result, Finding) else _named(carrier, "hooks", result))
            for hook, result in hooks
        ),
        tuple(
            (handler, result if isinstance(result, Finding) else _named_handler(carrier, result))
            for handler, result in handlers
        ),
    )


def _named(carrier: Carrier, file: str, function: ConvertedFunction) -> ConvertedFunction:
    """The function under a name of its own in the file that takes in those of all modules."""
    home = f".bridged.{file}" if function.application else f".{file}"
    name = carrier.free_name(home, function.name, function.text, function.needs)
    return replace(function, name=name, text=renamed(function.text, function.name, name))


def _named_handler(carrier: Carrier, handler: ConvertedHandler) -> ConvertedHandler:
    return replace(handler, function=_named(carrier, "errors", handler.function))


def _attempt(convert: Callable[[Policy], T], policies: Sequence[Policy]) -> T | Finding:
    """The native form, or the bridged one where that needs the application; a finding where there is neither."""
    try:
        for policy in policies:
            result = convert(policy)
            if policy == "bridged" or not result.application:
                break
    except Refused as refused:
        return refused.finding
    return result
