"""Flask's own endpoint for static files, of the application or of a blueprint, as a route of its own.

It asks the Flask application for the folder and for how long a file may be cached, so that it is bridged. A folder that
does not exist has its rule too, which answers 404.
"""

from codemods.findings import Diagnostic, Finding
from codemods.model import Endpoint
from codemods.obstacles import STATIC_FILES
from codemods.view.imports import Need
from codemods.view.refusal import Refused

from .endpoints import ConvertedEndpoint, RouteFunction, decorators
from .paths import convertible, convertor_needs

STATIC = Diagnostic(
    "FM101",
    "note",
    "static files stay on Flask",
    "Their endpoint is wrapped by other code, or its rule has other variables than the file's name, which Flask's "
    "function does not take.",
    "Nothing; move them to the web server when Flask goes.",
)

FUNCTION = '''\
def static(request: Request, filename: str) -> Response:
    """A file of the {owner}'s static folder."""
{lookup}    max_age = {object}.get_send_file_max_age(filename)
    return send_from_directory(request, str({object}.static_folder), filename, max_age=max_age)
'''


def convert_static(endpoint: Endpoint, prefix: str) -> ConvertedEndpoint:
    """The route for a static folder (`flask.Flask.send_static_file`); raises `Refused`."""
    rules = [one for one in endpoint.rules if not one.build_only]
    for rule in rules:
        convertible(rule, None)
        if [one.name for one in rule.variables] != ["filename"] or rule.defaults:
            raise Refused(Finding(STATIC, None, f"'{rule.rule}'"))
    if not rules or endpoint.view.wrappers or endpoint.view.decorators:
        raise Refused(Finding(STATIC, None, f"'{endpoint.name}'"))
    owner, lookup, source = "application", "", "current_app"
    needs = {
        Need("fastapi", "Request"),
        Need("fastapi", "Response"),
        Need("flask", "current_app"),
        Need(".compat.files", "send_from_directory"),
        *(need for rule in rules for need in convertor_needs(rule)),
    }
    if endpoint.blueprint:
        owner, source = "blueprint", "blueprint"
        lookup = f'    blueprint = cast(Blueprint, current_app.blueprints["{endpoint.blueprint}"])\n'
        needs |= {Need("typing", "cast"), Need("flask", "Blueprint")}
    methods = {method for rule in rules for method in rule.methods}
    text = decorators(rules, methods, endpoint.name, prefix, (), is_shown=False)
    text += FUNCTION.format(owner=owner, lookup=lookup, object=source)
    function = RouteFunction(text, "static", min(one.rank for one in rules))
    return ConvertedEndpoint(
        endpoint.name, (function,), frozenset(needs), Finding(STATIC_FILES, None, f"'{endpoint.name}'")
    )
