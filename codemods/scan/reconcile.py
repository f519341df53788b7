"""Compares the routes of the live application with those of the source; the live ones win."""

from collections.abc import Sequence
from dataclasses import replace

from codemods.findings import Finding, Location
from codemods.model import Endpoint, Project, Rule

from .diagnostics import (
    APP_NOT_FOUND,
    CONFLICTING_VIEW,
    NOT_LIVE,
    ONLY_IN_SOURCE,
    ONLY_LIVE,
    ROUTE_IN_LOOP,
    RULE_NOT_CONSTANT,
    UNKNOWN_OWNER,
)

#: what the source alone leaves open and the running application settles
ONLY_STATIC = frozenset({NOT_LIVE, APP_NOT_FOUND, ROUTE_IN_LOOP, RULE_NOT_CONSTANT, UNKNOWN_OWNER})

Key = tuple[str, str, frozenset[str]]


def reconcile(live: Sequence[Endpoint], static: Project) -> tuple[list[Endpoint], list[Finding]]:
    """The live endpoints with what the source adds, and a finding for each route that only one side knows."""
    declared = {endpoint.name: endpoint for endpoint in static.endpoints}
    endpoints = [joined(endpoint, declared.get(endpoint.name)) for endpoint in live]
    known = {key for endpoint in live for key in keys(endpoint)}
    findings = [finding for finding in static.findings if finding.diagnostic not in ONLY_STATIC]
    for endpoint in static.endpoints:
        for rule, key in zip(endpoint.rules, keys(endpoint), strict=True):
            if key not in known:
                findings.append(Finding(ONLY_IN_SOURCE, endpoint.view.function.location, told(endpoint, rule)))
    return endpoints, findings


def joined(live: Endpoint, declared: Endpoint | None) -> Endpoint:
    """A live endpoint with the source's arguments of `as_view`, and findings where the two differ."""
    findings: list[Finding] = []
    location: Location | None = live.view.function.location
    known = set(keys(declared)) if declared else set()
    for rule, key in zip(live.rules, keys(live), strict=True):
        if key not in known and live.view.kind != "static":
            findings.append(Finding(ONLY_LIVE, location, told(live, rule)))
    view = live.view
    if declared is not None and declared.view.given is not None:
        view = replace(view, given=declared.view.given)
    expected = declared.view.function if declared else None
    if declared is not None and expected and expected.location and location:
        if expected.location == location:
            # the declaration itself may wrap the view, and tells the arguments of `as_view`
            arguments = declared.view.arguments or view.arguments
            view = replace(view, decorators=declared.view.decorators, arguments=arguments)
        else:
            detail = f"'{live.name}' runs '{view.function.qualified}', declared is '{expected.qualified}'"
            findings.append(Finding(CONFLICTING_VIEW, location, detail))
    return replace(live, view=view, findings=(*live.findings, *findings))


def keys(endpoint: Endpoint) -> list[Key]:
    """What identifies each rule of an endpoint. A wrapper (Flask-CORS) may turn OPTIONS on, unseen in a declaration."""
    return [(endpoint.name, rule.rule, frozenset(rule.methods) - {"OPTIONS"}) for rule in endpoint.rules]


def told(endpoint: Endpoint, rule: Rule) -> str:
    """A rule in words."""
    return f"'{','.join(rule.methods) or 'any method'} {rule.rule}' of endpoint '{endpoint.name}'"
