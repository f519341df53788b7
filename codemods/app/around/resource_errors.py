"""The error handlers of an `Api` of Flask-RESTX, as functions of the error that its answers are made of.

@api.errorhandler(OutOfStock)                    @marshalled_error(ErrorModel)
@api.marshal_with(error_model, code=409)         def handle_stock(request: Request, error: OutOfStock) -> Any:
def handle_stock(error):                    →        return {"message": "gone"}, 409
    return {"message": "gone"}, 409
                                                 resource_errors = ResourceErrors(handlers={OutOfStock: handle_stock})

They stand in `errors.py`; those of resources that need the Flask application in `bridged/errors.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.app.decorators.arguments import Placed
from codemods.app.functions.inner_functions import find_function
from codemods.carry import Carrier, Policy
from codemods.extensions.resources import restx
from codemods.extensions.resources.restx_documents import RESTX_UNREADABLE
from codemods.model import Callee, ErrorHandler
from codemods.view.error_object import HTTP_EXCEPTION, ErrorObject
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse
from codemods.view.rules.errors import STATUSES

from .handlers import registration
from .marshalled_errors import marshalled_error
from .surrounding import Surrounding, convert_function

ANY = Need("typing", "Any")


@dataclass(frozen=True, slots=True)
class Handled:
    """What a handler is for: its classes as source text with their imports, none for all that are no HTTP errors.

    A class of the project's own that is carried along has two: beside Flask modules of the application raise theirs.
    The rest is what the function is told of its error (`ErrorObject`).
    """

    keys: dict[str, Need | None]
    classes: tuple[tuple[str, Need | None], ...]
    statuses: frozenset[int | None] = frozenset()
    own: frozenset[str] = frozenset()


def resource_errors(carrier: Carrier, settings: restx.ApiSettings, policy: Policy) -> tuple[Placed, ...]:
    """The definitions that answer the errors of an `Api`; raises `Refused`."""
    own = restx.OWN_ERRORS if policy == "native" else restx.OWN_ERRORS_BESIDE
    every = [(one.function, _handled(carrier, one, policy, own.module)) for one in settings.handlers]
    functions: dict[Callee, Placed] = {}
    for function, _ in every:
        if function not in functions:
            mine = [handled for other, handled in every if other == function]
            functions[function] = _converted(carrier, function, mine, policy, own.module)
    needs = {Need(restx.HELPER, "ResourceErrors")}
    entries, options = list[str](), list[str]()
    for function, handled in every:
        entries += [f"{key}: {functions[function].name}" for key in handled.keys]
        needs |= {need for need in handled.keys.values() if need is not None}
        options += [] if handled.keys else [f"default={functions[function].name}"]
    options = [*([f"handlers={{{', '.join(entries)}}}"] if entries else []), *options]
    text = f"{own.name} = {restx.errors_expression(carrier.project, settings, options)}\n"
    made = Placed(own.module, own.name, text, frozenset(needs))
    if carrier.free_name(made.home, made.name, text, made.needs) != made.name:
        raise refuse(RESTX_UNREADABLE, settings.handlers[0].function.location, f"the name '{made.name}' is taken")
    return (*functions.values(), made)


def _handled(carrier: Carrier, handler: ErrorHandler, policy: Policy, home: str) -> Handled:
    """What a handler is registered for; raises `Refused` where that has no counterpart."""
    if not handler.exception:
        return Handled({}, (("Exception", None),))
    found = registration(carrier, handler, policy, home)
    if found.application is not None and policy == "native":
        raise Refused(found.application)
    others = (found.flask_class, found.ours) if policy == "bridged" else ()
    twins = {one.local: one for one in others if one is not None}
    if found.status is not None:
        key = next(name for name, status in STATUSES.items() if status == found.status)
        return Handled({key: Need(".compat.http_statuses", key), **twins}, (), frozenset({found.status}))
    keys = {found.key: found.need, **twins}
    if found.need == HTTP_EXCEPTION:
        return Handled(keys, (), frozenset({None}))
    return Handled(keys, ((found.key, found.need),), own=frozenset({found.key} if found.own else ()))


def _converted(carrier: Carrier, callee: Callee, every: Sequence[Handled], policy: Policy, home: str) -> Placed:
    """A handler as a function of the error, which is one of several kinds where it is registered for these."""

    def error(name: str) -> ErrorObject:
        classes = tuple(sorted({found for one in every for found in one.classes}, key=str))
        statuses = frozenset(found for one in every for found in one.statuses)
        return ErrorObject(name, statuses, classes, frozenset(found for one in every for found in one.own))

    found = find_function(carrier, callee, "handle_error", False)
    assert callee.location is not None
    decorated, needs = marshalled_error(carrier, found, callee.location)
    bare = replace(found, function=found.function.with_changes(decorators=()))
    around = Surrounding(callee, "value", "handle_error", False, error=error, found=bare)
    made = convert_function(carrier, around, policy, home)
    if made.application is not None and policy == "native":
        raise Refused(made.application)
    text = made.text.replace(f"def {made.name}(", f"{decorated}def {made.name}(", 1)
    return Placed.of(carrier, home, made.name, text, made.needs | needs | {ANY})
