"""Flask's own endpoint for static files, of the application or of a blueprint, as a route of its own.

The folder is shared with the Flask application. One outside the project, of an extension's blueprint say, is known to
the Flask application only, as is how a blueprint of another class has its files cached: such a route is bridged. A
folder that does not exist has its rule too, which answers 404.
"""

from codemods.app.routes.decorators import decorators
from codemods.app.routes.hosts import check_domain, domain_needs
from codemods.app.routes.paths import Registration, convertible, convertor_needs, registrations
from codemods.carry import folders
from codemods.findings import Finding
from codemods.model import Endpoint, Project
from codemods.obstacles import STATIC_FILES, static_folder
from codemods.view.imports import Need
from codemods.view.refusal import Refused

from .conversion import ConvertedEndpoint, RouteFunction

FUNCTION = '''\
def static(request: Request, filename: str) -> Response:
    """A file of the {owner}'s static folder."""
    return send_from_directory(request, STATIC_FOLDER, filename)
'''
BRIDGED = '''\
def static(request: Request, filename: str) -> Response:
    """A file of the {owner}'s static folder."""
    {owner} = {object}
    max_age = {owner}.get_send_file_max_age(filename)
    return send_from_directory(request, str({owner}.static_folder), filename, max_age=max_age)
'''


def convert_static(project: Project, endpoint: Endpoint, here: str, prefix: str, target: str) -> ConvertedEndpoint:
    """The route for a static folder (`flask.Flask.send_static_file`); raises `Refused`."""
    rules = [one for one in endpoint.rules if not one.build_only]
    for rule in rules:
        convertible(rule, None)
        check_domain(project, rule, None)
        if [one.name for one in rule.variables] != ["filename"] or rule.defaults:
            raise Refused(Finding(STATIC_FILES, None, f"'{rule.rule}'"))
    if not rules or endpoint.view.wrappers or endpoint.view.decorators:
        raise Refused(Finding(STATIC_FILES, None, f"'{endpoint.name}'"))
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), Need(".compat.files", "send_from_directory")}
    registered = {one: None for rule in rules for one in registrations(rule)}
    owner = "blueprint" if endpoint.blueprint else "application"
    folder = static_folder(project, endpoint.blueprint)
    if folder is not None:
        text = FUNCTION.format(owner=owner)
        declared = f"STATIC_FOLDER = {folders.from_file(folder, here, target)}"
        registered[Registration(declared, folders.NEEDS)] = None
    elif endpoint.blueprint:
        text = BRIDGED.format(owner=owner, object=f'cast(Blueprint, current_app.blueprints["{endpoint.blueprint}"])')
        needs |= {Need("typing", "cast"), Need("flask", "Blueprint"), Need("flask", "current_app")}
    else:
        text = BRIDGED.format(owner=owner, object="current_app")
        needs.add(Need("flask", "current_app"))
    needs |= {need for rule in rules for need in convertor_needs(rule)}
    needs |= domain_needs(project, rules, endpoint.blueprint)
    methods = {method for rule in rules for method in rule.methods}
    routes = decorators(project, rules, methods, endpoint, prefix, (), is_shown=False)
    function = RouteFunction(routes + text, "static", rules)
    because = None if folder is not None else Finding(STATIC_FILES, None, f"'{endpoint.name}'")
    return ConvertedEndpoint(endpoint.name, (function,), frozenset(needs), because, registrations=tuple(registered))
