"""What stands behind an `Api`'s resources where functions of the project take part.

@api.errorhandler(OutOfStock)                    resource_errors = ResourceErrors(
def handle_stock(error):                    →        ["/items/<int:item>"], handlers={OutOfStock: handle_stock}
    return {"message": "gone"}, 409              )

Flask-RESTX's error handlers stand in `errors.py`, Flask-RESTful's functions for media types in `representations.py`.
"""

import ast

from codemods.app.around.resource_errors import resource_errors
from codemods.app.around.surrounding import Surrounding, convert_function
from codemods.app.decorators.arguments import Placed
from codemods.carry import Carrier, Policy
from codemods.carry.verbatim import free_names
from codemods.extensions.resources import restful, restx
from codemods.extensions.resources.representations import API_UNREADABLE
from codemods.extensions.resources.restful_settings import REPRESENTATIONS, settings_for
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Endpoint
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse

ANY = Need("typing", "Any")


def behind_resources(carrier: Carrier, endpoint: Endpoint, policy: Policy) -> tuple[Placed, ...]:
    """The definitions that the lifecycle names for a resource; none for any other. Raises `Refused`."""
    if restful.is_below_api(endpoint):
        return _representations(carrier, endpoint)
    settings = restx.settings_of(carrier.project, carrier.sources) if restx.is_resource(endpoint) else None
    if settings is None or isinstance(settings, Finding) or not settings.handlers:
        return ()
    return resource_errors(carrier, settings, policy)


def _representations(carrier: Carrier, endpoint: Endpoint) -> tuple[Placed, ...]:
    """What writes the data of Flask-RESTful's resources, where functions of the project or a setting take part."""
    settings = settings_for(carrier.project, carrier.sources, endpoint)
    if isinstance(settings, Finding) or not settings.is_written:
        return ()
    own = REPRESENTATIONS
    placed, entries = list[Placed](), list[str]()
    for one in settings.representations:
        around = Surrounding(one.function, "handler", "represent", False, (("Any", ANY),) * 3)
        made = convert_function(carrier, around, "native", own.module)
        if made.application is not None:
            raise Refused(made.application)
        placed.append(Placed.of(carrier, own.module, made.name, made.text, made.needs))
        entries.append(f"{as_literal(one.media_type)}: {placed[-1].name}")
    needs = {Need(".compat.representations", "Representations")}
    given = [f"{{{', '.join(entries)}}}"] if entries else []
    if (json := settings.json) is not None:
        values = ast.Tuple([value for _, value in json.words])
        needs |= free_names(carrier, json.module, values, own.name, json.location)
        given += [f"{name}={ast.unparse(value)}" for name, value in json.words]
    text = f"{own.name} = Representations({', '.join(given)})\n"
    found = Placed(own.module, own.name, text, frozenset(needs))
    if carrier.free_name(found.home, found.name, text, found.needs) != found.name:
        raise refuse(API_UNREADABLE, endpoint.view.function.location, f"the name '{found.name}' is taken")
    return (*placed, found)
