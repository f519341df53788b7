"""Rules that only redirect, as routes that do.

app.add_url_rule(                                   async def old(request: Request, slug: str) -> Response:
    "/old/<slug>", "old",                     →         return moved(request, f"/new/{quoted(slug)}")
    redirect_to="/new/<slug>")
"""

import re

from codemods.app.around.url_values import reads_values
from codemods.app.functions.inner_functions import usable_name
from codemods.app.routes.canonical_urls import canonical_urls
from codemods.app.routes.hosts import check_domain, route_domain
from codemods.app.routes.paths import (
    CONVERTORS,
    RULE_FEATURE,
    annotation,
    check_slashes,
    convertible,
    convertor_needs,
    path,
    registrations,
)
from codemods.carry import Carrier, FileReferences
from codemods.literals import as_literal
from codemods.model import Endpoint, Rule, Variable
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import split
from codemods.view.refusal import refuse
from codemods.view.search import findall

from .conversion import ConvertedEndpoint, RouteFunction

PLACE = re.compile(r"<([^>]+)>")
"""A variable in what a rule redirects to (`werkzeug.routing.map._simple_rule_re`)."""

QUOTED = ("default", "string", "path", "any", "uuid")
FUNCTION = '''\
async def {name}({parameters}) -> Response:
    """Where this URL has moved."""
    return moved(request, {target})


router.add_api_route(
    {path},
    {name},
    name="{endpoint}",
    methods=[{methods}],{dependencies}
    include_in_schema=False,
    route_class_override=RedirectRoute,
)
'''


def convert_redirects(carrier: Carrier, endpoint: Endpoint, here: str, prefix: str) -> ConvertedEndpoint:
    """The routes of such an endpoint; raises `Refused`."""
    if reads_values(carrier):
        raise refuse(RULE_FEATURE, None, f"'{endpoint.name}' redirects, and hooks read the values of URLs")
    own = usable_name(endpoint.name.rpartition(".")[2])
    needs: set[Need] = {
        Need("fastapi", "Request"), Need("fastapi", "Response"), Need(CONVERTORS, "quoted"),
        Need(".compat.redirects", "RedirectRoute"), Need(".compat.redirects", "moved"),
    }  # fmt: skip
    functions = []
    check_slashes(endpoint)
    rules = [one for one in endpoint.rules if not one.build_only]
    for number, rule in enumerate(rules, 1):
        convertible(rule, None, redirects=True)
        check_domain(carrier.project, rule, None)
        if canonical_urls(carrier.project, endpoint, rule):
            raise refuse(RULE_FEATURE, None, f"'{rule.rule}' redirects in two ways")
        host = route_domain(carrier.project, rule, endpoint.blueprint)
        shown = [(one.name, *annotation(one)) for one in rule.variables]
        needs |= {need for _, _, wanted in shown for need in wanted} | convertor_needs(rule)
        target, wanted = _target(carrier, rule, here)
        needs |= wanted | (host.needs if host else frozenset())
        where = path(rule)
        text = FUNCTION.format(
            name=own if number == 1 else f"{own}_{number}",
            parameters=", ".join(["request: Request", *(f"{name}: {kind}" for name, kind, _ in shown)]),
            target=target,
            path=as_literal(where[len(prefix) :] if prefix and where.startswith(prefix) else where),
            endpoint=endpoint.name,
            dependencies=f"\n    dependencies=[Depends({host.expression})]," if host else "",
            methods=", ".join(f'"{one}"' for one in (*rule.methods, *(["OPTIONS"] if rule.automatic_options else []))),
        )
        functions.append(RouteFunction(text, own if number == 1 else f"{own}_{number}", [rule]))
    registered = tuple(dict.fromkeys(one for rule in rules for one in registrations(rule)))
    return ConvertedEndpoint(endpoint.name, tuple(functions), frozenset(needs), None, registrations=registered)


def _target(carrier: Carrier, rule: Rule, here: str) -> tuple[str, set[Need]]:
    """Where a rule redirects to as an expression, and what that imports; raises `Refused`."""
    assert rule.redirect_to is not None
    variables = {one.name: one for one in rule.variables}
    if rule.redirect_function is None:
        parts = PLACE.split(rule.redirect_to.replace("{", "{{").replace("}", "}}"))
        if any(name not in variables for name in parts[1::2]):
            raise refuse(RULE_FEATURE, None, f"'{rule.rule}' redirects to '{rule.redirect_to}'")
        parts[1::2] = [f"{{{_written(variables[name])}}}" for name in parts[1::2]]
        text = as_literal("".join(parts))
        return (f"f{text}" if len(parts) > 1 else as_literal(rule.redirect_to)), set()
    callee = rule.redirect_function
    module, name = split(carrier.project, callee.qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "function" or callee.location is None:
        raise refuse(RULE_FEATURE, callee.location, f"'{rule.rule}' redirects by '{callee.qualified}'")
    function = carrier.sources.function(definition.location, name)
    first = function.params.params[0].name.value if function.params.params else ""
    reference = FileReferences(carrier, "native", True, here).definition(module, name, callee.location)
    if not first or findall(function.body, m.Name(first)) or reference.application or reference.parameters:
        raise refuse(RULE_FEATURE, callee.location, f"'{rule.rule}' redirects by '{callee.qualified}'")
    given = ", ".join(f"{one}={one}" for one in variables)
    constants = ", ".join(f"{key}={as_literal(value)}" for key, value in rule.defaults)
    arguments = ", ".join(part for part in ("None", given, constants) if part)
    return f"{reference.text}({arguments})", {reference.need} if reference.need else set()


def _written(variable: Variable) -> str:
    """A variable as its converter writes it into a URL; raises `Refused`."""
    if variable.converter in QUOTED and not variable.converter_class:
        return f"quoted({variable.name})"
    if variable.converter == "int" and not variable.converter_class and "fixed_digits" not in dict(variable.arguments):
        return variable.name
    raise refuse(RULE_FEATURE, None, f"'{variable.name}' in what a rule redirects to")
