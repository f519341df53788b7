"""What stands behind an `Api`'s resources where functions of the project take part.

@api.errorhandler(OutOfStock)                    resource_errors = ResourceErrors(
def handle_stock(error):                    →        ["/items/<int:item>"], handlers={OutOfStock: handle_stock}
    return {"message": "gone"}, 409              )

Flask-RESTX's error handlers stand in `errors.py`, Flask-RESTful's functions for media types in `representations.py`.
"""

from codemods.carry import Carrier, Policy
from codemods.extensions import restful, restx
from codemods.extensions.options import quoted
from codemods.extensions.representations import API_UNREADABLE
from codemods.extensions.restful_settings import REPRESENTATIONS, settings_for
from codemods.extensions.restx_documents import RESTX_UNREADABLE
from codemods.findings import Finding
from codemods.model import Endpoint, ErrorHandler
from codemods.view.error_object import HTTP_EXCEPTION, ErrorObject
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse
from codemods.view.rules.errors import STATUSES

from .decorators.arguments import Placed
from .handlers import registration
from .surrounding import Surrounding, convert_function

ANY = Need("typing", "Any")


def behind_resources(carrier: Carrier, endpoint: Endpoint, policy: Policy) -> tuple[Placed, ...]:
    """The definitions that the lifecycle names for a resource; none for any other. Raises `Refused`."""
    if restful.is_below_api(endpoint):
        return _representations(carrier, endpoint)
    settings = restx.settings_of(carrier.project, carrier.sources) if restx.is_resource(endpoint) else None
    if settings is None or isinstance(settings, Finding) or not settings.handlers:
        return ()
    if policy == "bridged":
        raise refuse(RESTX_UNREADABLE, settings.handlers[0].function.location, "an error handler beside Flask")
    placed, entries, others, needs = list[Placed](), list[str](), "", {Need(restx.HELPER, "ResourceErrors")}
    for one in settings.handlers:
        key, need, function = _converted(carrier, one)
        placed.append(function)
        needs |= {need} if need is not None else set()
        if key:
            entries.append(f"{key}: {function.name}")
        else:
            others = function.name
    options = [f"handlers={{{', '.join(entries)}}}"] if entries else []
    options += [f"default={others}"] if others else []
    text = f"{restx.OWN_ERRORS.name} = {restx.errors_expression(carrier.project, settings, options)}\n"
    made = Placed(restx.OWN_ERRORS.module, restx.OWN_ERRORS.name, text, frozenset(needs))
    if carrier.free_name(made.home, made.name, text, made.needs) != made.name:
        raise refuse(RESTX_UNREADABLE, settings.handlers[0].function.location, f"the name '{made.name}' is taken")
    return (*placed, made)


def _representations(carrier: Carrier, endpoint: Endpoint) -> tuple[Placed, ...]:
    """What writes the data of Flask-RESTful's resources, where functions of the project do."""
    settings = settings_for(carrier.project, carrier.sources, endpoint)
    if isinstance(settings, Finding) or not settings.representations:
        return ()
    own = REPRESENTATIONS
    placed, entries = list[Placed](), list[str]()
    for one in settings.representations:
        around = Surrounding(one.function, "handler", "represent", False, (("Any", ANY),) * 3)
        made = convert_function(carrier, around, "native", own.module)
        if made.application is not None:
            raise Refused(made.application)
        placed.append(Placed.of(carrier, own.module, made.name, made.text, made.needs))
        entries.append(f"{quoted(one.media_type)}: {placed[-1].name}")
    text = f"{own.name} = Representations({{{', '.join(entries)}}})\n"
    found = Placed(own.module, own.name, text, frozenset({Need(".compat.representations", "Representations")}))
    if carrier.free_name(found.home, found.name, text, found.needs) != found.name:
        raise refuse(API_UNREADABLE, settings.representations[0].function.location, f"the name '{found.name}' is taken")
    return (*placed, found)


def _converted(carrier: Carrier, handler: ErrorHandler) -> tuple[str, Need | None, Placed]:
    """What a handler is for, with its import, and the handler as a function of the error."""
    home = restx.OWN_ERRORS.module
    key, need = "", None
    classes: tuple[tuple[str, Need | None], ...] = (("Exception", None),)
    statuses, own = frozenset[int | None](), frozenset[str]()
    if handler.exception:
        found = registration(carrier, handler, "native", home)
        if found.application is not None:
            raise Refused(found.application)
        if found.status is not None:
            key = next(name for name, status in STATUSES.items() if status == found.status)
            need, statuses, classes = Need(".compat.http_statuses", key), frozenset({found.status}), ()
        else:
            key, need = found.key, found.need
            statuses, classes = (frozenset({None}), ()) if need == HTTP_EXCEPTION else (statuses, ((key, need),))
            own = frozenset({key}) if found.own else own

    def error(name: str) -> ErrorObject:
        return ErrorObject(name, statuses, classes, own)

    around = Surrounding(handler.function, "value", "handle_error", False, error=error)
    made = convert_function(carrier, around, "native", home)
    if made.application is not None:
        raise Refused(made.application)
    return key, need, Placed.of(carrier, home, made.name, made.text, made.needs | {ANY})
