"""What stands around all endpoints of the application or of a blueprint: hooks, and which hooks and handlers convert.

    @bp.before_request                      def require_token(request: Request) -> None:
    def require_token():               →        if request.headers.get("X-Token") != state.TOKEN:
        if request.headers.get(…) …                 raise Answer(make_response(("no", 401)))
            return "no", 401

They are kept in Flask's own order by the application's `Lifecycle`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from codemods.carry import Carrier, Policy
from codemods.extensions import handled_by
from codemods.findings import Finding
from codemods.model import ErrorHandler, Hook
from codemods.view.asking import Role
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse

from .decorators.arguments import renamed
from .handlers import ConvertedHandler, convert_handler
from .surrounding import HOOK_KIND, ConvertedFunction, Surrounding, convert_function

T = TypeVar("T", ConvertedFunction, ConvertedHandler)

ROLES: dict[str, Role] = {
    "before_request": "before",
    "after_request": "after",
    "teardown_request": "teardown",
    "context_processor": "processor",
}

GIVEN: dict[str, tuple[str, Need | None]] = {
    "after_request": ("Response", Need("fastapi", "Response")),
    "teardown_request": ("BaseException | None", None),
}
"""The annotation of what Flask gives a hook, and its import."""


def convert_hook(carrier: Carrier, hook: Hook, policy: Policy, here: str) -> ConvertedFunction:
    """Convert a hook; raises `Refused`."""
    role = ROLES.get(hook.kind)
    if role is None:
        raise refuse(HOOK_KIND, hook.function.location, f"{hook.kind} '{hook.function.qualified}'")
    around = Surrounding(hook.function, role, hook.kind, not hook.blueprint, GIVEN.get(hook.kind))
    return convert_function(carrier, around, policy, here)


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

    def needs_application(self, blueprints: tuple[str, ...]) -> Finding | None:
        """Why something around these endpoints runs only inside an application context."""
        found = [
            result.application
            for scope, result in (
                *((hook.blueprint, one) for hook, one in self.hooks),
                *((handler.blueprint, one) for handler, one in self.handlers),
            )
            if not isinstance(result, Finding) and scope in blueprints
        ]
        return next((one for one in found if one), None)


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
