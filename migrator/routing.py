"""The only translation from a project and its manifest to what a proxy has to know: a `RouteTable`."""

import json
from collections.abc import Mapping
from pathlib import Path

from codemods import model
from codemods.model import Application, Endpoint, Project
from migrator.manifest.model import Manifest
from migrator.manifest.sync import project_routes
from migrator.status import RouteStatus, read_status
from proxy.model import RouteTable, Rule, Upstream, Variable
from proxy.rules import rules_document

RULES_MODULE = '''"""The rules of the Flask application, for a gateway that cannot ask it; from `migrate apply`."""

import json
from typing import Any

URL_RULES: dict[str, Any] = json.loads(r"""
{document}
""")
'''


def route_table(root: Path, project: Project, manifest: Manifest, flask: str, fastapi: str, listen: str) -> RouteTable:
    """The table of every rule of the project, promoted as manifest and switch say. Raises ValueError for an address."""
    served = {(one.blueprint, one.key): one for one in read_status(root, manifest, None).routes}
    rules: dict[tuple[str, str | None, str, int], Rule] = {}
    for blueprint, key, method, rule, endpoint in project_routes(project):
        made = proxy_rule(method, rule, endpoint, served.get((blueprint, key)), hosts(project.application, rule))
        rules.setdefault((made.method, made.host, made.rule, made.rank), made)
    upstreams = [Upstream("flask", (flask,)), Upstream("fastapi", (fastapi,))]
    return RouteTable.of(upstreams, rules.values(), listen)


def gone(root: Path, project: Project, manifest: Manifest) -> tuple[str, ...]:
    """The routes that manifest or switch give to FastAPI and that the application does not have any more."""
    there = {(blueprint, key) for blueprint, key, *_ in project_routes(project)}
    routes = read_status(root, manifest, None).routes
    return tuple(one.key for one in routes if one.served_by == "fastapi" and (one.blueprint, one.key) not in there)


def rules_module(project: Project) -> str:
    """The module in which a gateway that does not share Flask's process finds the rules of the application."""
    rules: dict[tuple[str, str | None, str, int], Rule] = {}
    keys: dict[str, str] = {}
    for _, key, method, rule, endpoint in project_routes(project):
        made = proxy_rule(method, rule, endpoint, None, hosts(project.application, rule))
        rules.setdefault((made.method, made.host, made.rule, made.rank), made)
        keys.setdefault(made.identifier, key)
    # Three quotes in a row, which would end the text, are nowhere in JSON.
    document = json.dumps(rules_document(RouteTable.of([], rules.values()), keys), indent=1)
    return RULES_MODULE.replace("{document}", document)


def proxy_rule(
    method: str, rule: model.Rule, endpoint: Endpoint, status: RouteStatus | None, host: tuple[str | None, bool]
) -> Rule:
    """One route in the proxy's terms, with its host (see `hosts`). One that is not known is left to Flask, as are
    redirects."""
    promoted = status is not None and status.served_by == "fastapi" and status.entry.endpoint == endpoint.name
    has_defaults = any(other.defaults for other in endpoint.rules)
    return Rule(
        method=method,
        rule=rule.rule,
        endpoint=endpoint.name,
        variables=tuple(
            Variable(
                one.name,
                one.converter,
                one.arguments,
                one.converter_class is None or one.converter_class.startswith("werkzeug."),
            )
            for one in rule.variables
        ),
        host=host[0],
        side="fastapi" if promoted else "flask",
        weight=status.weight if promoted and status is not None else 100,
        rank=rule.rank,
        always_legacy=has_defaults or rule.redirect_to is not None or not host[1],
    )


def hosts(application: Application, rule: model.Rule) -> tuple[str | None, bool]:
    """The host that a rule is for, None for all; and whether it can be told: a rule whose host the application does not
    look at is never reached (`werkzeug.routing.rules.Rule._compile`)."""
    server_name = str(application.flags.get("SERVER_NAME") or "").lower()
    if application.url_map.get("host_matching"):
        return rule.host, bool(rule.host)
    if application.url_map.get("subdomain_matching") and server_name:
        return (f"{rule.subdomain}.{server_name}" if rule.subdomain else server_name), True
    return None, not rule.subdomain


def summary(table: RouteTable) -> Mapping[str, int]:
    """How many routes each side has."""
    promoted = sum(rule.is_promoted for rule in table.rules)
    return {"fastapi": promoted, "flask": len(table.rules) - promoted}
