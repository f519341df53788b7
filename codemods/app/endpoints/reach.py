"""What serves an endpoint or stands around it, what that reaches, and what of it keeps the endpoint from a runtime."""

import sys
from collections.abc import Collection

from codemods.app.around.lifecycle import Surroundings
from codemods.app.around.login import login_functions
from codemods.app.functions.callables import names_given
from codemods.app.functions.inner_functions import lambda_names
from codemods.carry import Carrier, Policy
from codemods.extensions import asked_functions, needs_handlers
from codemods.findings import Finding
from codemods.model import Callee, Endpoint, ErrorHandler
from codemods.view.names import split
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .threads import thread_bound

OWN_ERRORS = frozenset({"builtins", "flask", "jinja2", "markupsafe", "werkzeug"})
"""Packages whose errors any route may meet, and which raise none of other libraries."""
REFUSING = ("flask.abort", "flask.send_", "werkzeug")
"""Names by which code refuses a request with a status."""
OF_REQUESTS = frozenset({400, 408, 413, 414, 415, 416, 431, 500})
"""The statuses with which a route refuses a request though its code does not say so."""


def kept_out(carrier: Carrier, around: Surroundings, endpoint: Endpoint, policy: Policy) -> Finding | None:
    """What around an endpoint keeps it from a runtime."""
    reached = blueprint_chain(endpoint.blueprint)
    if policy == "bridged":
        return around.bridged.refusal(reached)
    names = reached_names(carrier, endpoint)
    if needs_handlers(carrier.project, names):
        return Finding(NEEDS_APPLICATION, None, "an extension's error handlers")
    if (found := thread_bound(carrier, names)) is not None:
        return found
    names = reached_names(carrier, endpoint, has_handlers=False)
    if endpoint.view.kind == "static" or has_libraries(carrier, names):
        return around.native.refusal(reached)
    refuses = any(name.startswith(REFUSING) for name in names)
    return around.native.refusal(reached, lambda handler: may_meet(carrier, handler, refuses))


def has_libraries(carrier: Carrier, names: Collection[str]) -> bool:
    """Whether code of another library is among these names."""
    packages = {name.partition(".")[0] for name in names} - OWN_ERRORS - sys.stdlib_module_names
    return bool(packages) and not packages <= {name.partition(".")[0] for name in carrier.project.modules}


def may_meet(carrier: Carrier, handler: ErrorHandler, refuses: bool) -> bool:
    """Whether code without other libraries can come to a handler; `refuses` tells whether it answers by a status."""
    if handler.code is not None and handler.code not in OF_REQUESTS and not refuses:
        return False
    return not is_of_library(carrier, handler)


def is_of_library(carrier: Carrier, handler: ErrorHandler) -> bool:
    """Whether a handler is for an error that only another library raises."""
    module, _ = split(carrier.project, handler.exception)
    package = handler.exception.partition(".")[0]
    return module is None and package not in OWN_ERRORS and package not in sys.stdlib_module_names


def blueprint_chain(blueprint: str) -> tuple[str, ...]:
    """The scopes around a blueprint's endpoints, the application's own ("") included."""
    names = [""]
    parts = blueprint.split(".") if blueprint else []
    names += [".".join(parts[: index + 1]) for index in range(len(parts))]
    return tuple(names)


def reached_names(carrier: Carrier, endpoint: Endpoint, has_handlers: bool = True) -> frozenset[str]:
    """The functions that serve an endpoint, those around it, and every name that these reach.

    Without `has_handlers` what an error comes to is left out, and what runs for other code than the endpoint's: the
    functions of extensions for a context's end, and processors where no template is rendered.
    """
    has_handlers = has_handlers or not (carrier.project.hooks or carrier.project.error_handlers)
    key = (endpoint.name, has_handlers)
    if key not in carrier.reached:
        carrier.reached[key] = _reached_names(carrier, endpoint, has_handlers)
    return carrier.reached[key]


def _reached_names(carrier: Carrier, endpoint: Endpoint, has_handlers: bool) -> frozenset[str]:
    project, reached = carrier.project, blueprint_chain(endpoint.blueprint)
    roots = {endpoint.view.function.qualified} | names_given(carrier, endpoint)
    roots |= {one.qualified for one in endpoint.view.decorators if one.qualified}
    renders = any(name.startswith("flask.render_template") for root in roots for name in carrier.context.reach(root))
    for hook in project.hooks:
        runs = hook.function.owned and (hook.kind != "context_processor" or renders)
        if hook.blueprint in reached and (has_handlers or runs):
            roots.add(hook.function.qualified)
    handlers = project.error_handlers if has_handlers else ()
    roots |= {one.function.qualified for one in handlers if one.function.owned and one.blueprint in reached}
    roots |= {one.redirect_function.qualified for one in endpoint.rules if one.redirect_function}
    roots |= {one.converter_class for rule in endpoint.rules for one in rule.variables if one.converter_class}
    roots |= {name for one in lambdas(carrier, endpoint) for name in lambda_names(carrier, one)}
    found = roots | {name for root in roots for name in carrier.context.reach(root)}
    asked = asked_by(carrier, found)
    if any(name.startswith("flask_login.") for name in found):
        asked |= login_functions(carrier)
    found |= asked | {name for root in asked for name in carrier.context.reach(root)}
    nested = carrier.schemas.closure(found) - found
    return frozenset(found | nested | {name for schema in nested for name in carrier.context.reach(schema)})


def asked_by(carrier: Carrier, names: Collection[str]) -> set[str]:
    """The functions that objects of extensions among these names call for a request: `verify_password`."""
    definitions = {one.qualified: one for name in names if (one := carrier.context.definition(name)) is not None}
    return {name for one in definitions.values() for name in asked_functions(carrier.project, carrier.sources, one)}


def lambdas(carrier: Carrier, endpoint: Endpoint) -> list[Callee]:
    """The lambdas that serve an endpoint or stand around it: no definition of the scan's tells of them."""
    project, reached = carrier.project, blueprint_chain(endpoint.blueprint)
    around = [one.function for one in project.hooks if one.blueprint in reached]
    around += [one.function for one in project.error_handlers if one.blueprint in reached]
    return [one for one in [endpoint.view.function, *around] if one.owned and one.qualified.endswith("<lambda>")]
