"""What stands around all endpoints of the application or of a blueprint: hooks, and which hooks and handlers convert.

    @bp.before_request                      def require_token(request: Request) -> None:
    def require_token():               →        if request.headers.get("X-Token") != state.TOKEN:
        if request.headers.get(…) …                 raise Answer(make_response(("no", 401)))
            return "no", 401

They are kept in Flask's own order by the application's `Lifecycle`. Native and bridged routes have one each: what is
the same function for both is written once, else the hook is written for either. A `teardown_appcontext` function stands
around native routes only; around bridged ones the application context runs it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from codemods.app.decorators.arguments import renamed
from codemods.app.decorators.hook_checks import hook_check
from codemods.carry import Carrier, FileReferences, Policy
from codemods.extensions import ExtensionHook, handled_by, hook_of, is_idle
from codemods.extensions.resources.error_routers import AHEAD
from codemods.findings import Finding
from codemods.model import ErrorHandler, Hook
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import Role
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .handlers import ConvertedHandler, convert_handler, routed_errors
from .login import login_hook
from .receivers import receiver_opener
from .surrounding import HOOK_KIND, ConvertedFunction, Given, Surrounding, asked_function, convert_function
from .url_values import CHANGING_HOOKS, hook_opener

T = TypeVar("T", ConvertedFunction, ConvertedHandler)

ROLES: dict[str, Role] = {
    "url_value_preprocessor": "preprocess",
    "url_defaults": "defaults",
    "before_request": "before",
    "after_request": "after",
    "teardown_request": "teardown",
    "teardown_appcontext": "teardown",
    "context_processor": "processor",
    "request_started": "receiver",
    "request_finished": "receiver",
    "got_request_exception": "receiver",
}

GIVEN: dict[str, tuple[Given, ...]] = {
    "after_request": (("Response", Need("fastapi", "Response")),),
    "teardown_request": (("BaseException | None", None),),
    "teardown_appcontext": (("BaseException | None", None),),
    "request_finished": (("Response", Need("fastapi", "Response")),),
    "got_request_exception": (("Exception", None),),
    "url_defaults": (("str", None), ("dict[str, Any]", Need("typing", "Any"))),
}
"""The annotations of what Flask gives a hook, and their imports."""


def convert_hook(carrier: Carrier, hook: Hook, policy: Policy, here: str) -> ConvertedFunction:
    """Convert a hook; raises `Refused`."""
    known = login_hook(carrier, hook, policy)
    if isinstance(known, ConvertedFunction):
        return known
    made = known or hook_of(carrier.project, carrier.sources, hook)
    if isinstance(made, Finding):
        raise Refused(made)
    if made is not None:
        return extension_hook(carrier, made, policy, here)
    role = ROLES.get(hook.kind)
    if role is None:
        raise refuse(HOOK_KIND, hook.function.location, f"{hook.kind} '{hook.function.qualified}'")
    opened = hook_opener(hook) if hook.kind in CHANGING_HOOKS else receiver_opener(hook) if role == "receiver" else None
    around = Surrounding(
        hook.function, role, hook.kind, not hook.blueprint, GIVEN.get(hook.kind, ()), opened, blueprint=hook.blueprint,
        checked=hook_check if role == "before" else None,
    )  # fmt: skip
    return convert_function(carrier, around, policy, here)


def extension_hook(carrier: Carrier, made: ExtensionHook, policy: Policy, here: str) -> ConvertedFunction:
    """What an extension's hook becomes, with the functions of the project that it asks; raises `Refused`."""
    texts, names, needs, application = list[str](), dict[str, str](), set(made.needs), None
    if made.application:
        application = Finding(NEEDS_APPLICATION, None, made.application)
    for key in made.settings:
        problem = FileReferences(carrier, policy, False, here).setting(key)
        application = application or (Finding(NEEDS_APPLICATION, None, problem) if problem else None)
    for one in made.functions:
        function = asked_function(carrier, one, policy, here)
        application = application or function.application
        names[one.option] = function.name
        texts.append(function.text)
        needs |= function.needs
    text = made.text.format(**names) if made.functions else made.text
    return ConvertedFunction(made.name, "\n\n".join([*texts, text]), frozenset(needs), application)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the routes of one runtime: each hook and handler converted, or why it is not."""

    hooks: tuple[tuple[Hook, ConvertedFunction | Finding], ...]
    handlers: tuple[tuple[ErrorHandler, ConvertedHandler | Finding], ...]

    def refusal(
        self, blueprints: tuple[str, ...], may_handle: Callable[[ErrorHandler], bool] = lambda _: True
    ) -> Finding | None:
        """What keeps the endpoints below these blueprints (and the application) from this runtime.

        Hooks for `url_defaults` act wherever a URL of their blueprint is built. `may_handle` tells of the handlers that
        an error can come to.
        """
        hooks = (one for hook, one in self.hooks if hook.blueprint in blueprints or hook.kind == "url_defaults")
        levels = (*blueprints, AHEAD)
        handlers = (one for handler, one in self.handlers if handler.blueprint in levels and may_handle(handler))
        return next((one for one in (*hooks, *handlers) if isinstance(one, Finding)), None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around native routes, and around bridged ones; and the context processors of templates."""

    native: Around
    bridged: Around
    processors: tuple[tuple[Hook, ConvertedFunction], ...]

    def of(self, policy: Policy) -> Around:
        """What stands around the routes of a runtime."""
        return self.native if policy == "native" else self.bridged


def convert_around(carrier: Carrier, here: str) -> Surroundings:
    """Convert everything that stands around endpoints. Templates first: hooks and handlers may render them."""
    processors = _processors(carrier, here)
    native = _converted(carrier, here, "native")
    bridged = _converted(carrier, here, "bridged")
    return Surroundings(native, _with_shared(bridged, native), processors)


def _processors(carrier: Carrier, here: str) -> tuple[tuple[Hook, ConvertedFunction], ...]:
    """The context processors as functions of the request, which templates are given.

    The first that cannot be one is noted as what keeps pages on Flask.
    """
    found = []
    for hook in carrier.project.hooks:
        if hook.kind != "context_processor" or is_idle(carrier.project, carrier.sources, hook):
            continue
        result = _attempt(partial(convert_hook, carrier, hook, here=here), "bridged")
        if isinstance(result, Finding):
            carrier.template_finding = carrier.template_finding or result
        else:
            found.append((hook, _named(carrier, "templating", result)))
    return tuple(found)


def _converted(carrier: Carrier, here: str, policy: Policy) -> Around:
    """Every hook and handler for the routes of one runtime."""
    hooks = tuple(
        (hook, _attempt(partial(convert_hook, carrier, hook, here=here), policy))
        for hook in carrier.project.hooks
        if _stands_around(carrier, hook, policy)
    )
    handlers = tuple(
        (handler, _attempt(partial(convert_handler, carrier, handler, here=here), policy))
        for handler in (*carrier.project.error_handlers, *routed_errors(carrier))
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


def _stands_around(carrier: Carrier, hook: Hook, policy: Policy) -> bool:
    """Whether a hook is for the lifecycle: processors are for templates, and an application context runs the functions
    for its end. Those of extensions are about what only code with such a context uses."""
    if is_idle(carrier.project, carrier.sources, hook):
        return False
    if hook.kind == "teardown_appcontext":
        return policy == "native" and hook.function.owned
    return hook.kind != "context_processor"


def _with_shared(bridged: Around, native: Around) -> Around:
    """What stands around bridged routes, with the native functions that are no different."""
    functions = dict(native.hooks)
    handlers = dict(native.handlers)
    return Around(
        tuple((hook, _shared(result, functions.get(hook))) for hook, result in bridged.hooks),
        tuple((handler, _shared(result, handlers.get(handler))) for handler, result in bridged.handlers),
    )


def _shared(bridged: T | Finding, native: T | Finding | None) -> T | Finding:
    if native is None or isinstance(native, Finding) or isinstance(bridged, Finding):
        return bridged
    return native if native.without_home() == bridged.without_home() else bridged


def _named(carrier: Carrier, file: str, function: ConvertedFunction) -> ConvertedFunction:
    """The function under a name of its own in the file that takes in those of all modules."""
    home = f".bridged.{file}" if function.application else f".{file}"
    name = carrier.free_name(home, function.name, function.text, function.needs)
    return replace(function, home=home, name=name, text=renamed(function.text, function.name, name))


def _named_handler(carrier: Carrier, handler: ConvertedHandler) -> ConvertedHandler:
    return replace(handler, function=_named(carrier, "errors", handler.function))


def _attempt(convert: Callable[[Policy], T], policy: Policy) -> T | Finding:
    """The form for a runtime, or why there is none."""
    try:
        result = convert(policy)
    except Refused as refused:
        return refused.finding
    if policy == "native" and result.application is not None:
        return result.application
    return result
