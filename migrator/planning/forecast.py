"""From the facts of a project, and what `apply` has recorded, to its plan. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from codemods.findings import Finding, Location
from codemods.model import Blueprint, Endpoint, Project, Rule
from migrator.planning.effort import effort_of
from migrator.planning.model import Basis, Need, Plan, PlannedBlueprint, PlannedRoute, Runtime
from migrator.planning.order import Candidate, order
from migrator.planning.reach import Reach, Site
from migrator.planning.verdicts import Judge, Verdict

APPLICATION = "."


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the manifest holds of a route. `runtime` is None while `apply` has not been asked for the route."""

    state: str
    runtime: Runtime | None
    findings: tuple[Finding, ...] = ()


def forecast(project: Project, recorded: Mapping[str, Recorded] | None = None) -> Plan:
    """The plan of a project. `recorded` is by route key; where `apply` did its work, its outcome is the verdict."""
    views = _view_modules(project)
    reach = Reach(project, landmarks=views)
    judge = Judge(project, reach)
    routes: dict[str, list[PlannedRoute]] = defaultdict(list)
    sites: dict[str, dict[Site, None]] = defaultdict(dict)
    for endpoint in project.endpoints:
        name = endpoint.blueprint or APPLICATION
        verdict = judge.judge(endpoint)
        sites[name].update(dict.fromkeys(verdict.sites))
        routes[name].extend(_routes(endpoint, verdict, recorded or {}))
    shared = _shared_state(sites)
    needs = {name: _needs(name, sites[name], reach, views, shared) for name in routes}
    places = {blueprint.name: blueprint for blueprint in project.blueprints}
    planned = {name: _blueprint(name, routes[name], needs[name], places.get(name)) for name in routes}
    candidates = {
        name: Candidate(
            name,
            frozenset(need.name for need in one.needs if need.kind == "blueprint"),
            one.readiness,
            one.effort.hours,
        )
        for name, one in planned.items()
    }
    steps = enumerate(order(candidates), start=1)
    return Plan(
        application=project.application.reference,
        live=project.live,
        blueprints=tuple(replace(planned[name], step=step) for step, name in steps),
        findings=project.findings,
    )


def route_key(method: str, rule: Rule) -> str:
    """`GET /orders/<int:order_id>`, with the host in front of the rule where it has one."""
    return f"{method} {rule.host or rule.subdomain or ''}{rule.rule}"


def _routes(endpoint: Endpoint, verdict: Verdict, recorded: Mapping[str, Recorded]) -> Iterable[PlannedRoute]:
    for rule in endpoint.rules:
        if rule.build_only:
            continue
        for method in rule.methods:
            key = route_key(method, rule)
            runtime, findings = verdict.runtime, verdict.findings
            basis: Basis = "forecast"
            known = recorded.get(key)
            if known is not None and known.state == "kept":
                runtime, findings, basis = "flask", known.findings, "kept"
            elif known is not None and known.runtime is not None:
                runtime, findings, basis = known.runtime, known.findings, "applied"
            yield PlannedRoute(
                key=key,
                method=method,
                rule=rule.rule,
                endpoint=endpoint.name,
                blueprint=endpoint.blueprint or APPLICATION,
                runtime=runtime,
                basis=basis,
                location=endpoint.view.function.location,
                findings=findings,
                state=known.state if known else "legacy",
            )


def _blueprint(
    name: str, routes: list[PlannedRoute], needs: tuple[Need, ...], place: Blueprint | None
) -> PlannedBlueprint:
    ordered = tuple(sorted(routes, key=lambda route: (route.rule, route.method, route.endpoint)))
    return PlannedBlueprint(
        name=name,
        step=0,
        url_prefix=place.url_prefix if place else "",
        location=place.location if place else None,
        routes=ordered,
        effort=effort_of(ordered),
        needs=needs,
    )


def _view_modules(project: Project) -> dict[str, frozenset[str]]:
    """The modules that hold views, with the blueprints these belong to."""
    files = {module.file: module.name for module in project.modules.values()}
    found: dict[str, set[str]] = defaultdict(set)
    for endpoint in project.endpoints:
        place: Location | None = endpoint.view.function.location
        if place is not None and place.file in files:
            found[files[place.file]].add(endpoint.blueprint or APPLICATION)
    return {module: frozenset(names) for module, names in found.items()}


def _shared_state(sites: Mapping[str, Iterable[Site]]) -> dict[str, frozenset[str]]:
    """Module-level state that routes of more than one blueprint reach, with these blueprints.

    Objects of Flask and its extensions are state too, but each side reaches them in the way the vocabulary says.
    """
    reached: dict[str, set[str]] = defaultdict(set)
    for name, ones in sites.items():
        for site in ones:
            if site.definition.kind == "state" and not site.terms:
                reached[site.definition.qualified].add(name)
    return {state: frozenset(names) for state, names in reached.items() if len(names) > 1}


def _needs(
    name: str,
    sites: Iterable[Site],
    reach: Reach,
    views: Mapping[str, frozenset[str]],
    shared: Mapping[str, frozenset[str]],
) -> tuple[Need, ...]:
    found: dict[tuple[str, str], Need] = {}
    for site in sites:
        qualified = site.definition.qualified
        owners = views.get(reach.module_of[qualified], frozenset())
        if owners and name not in owners and not site.terms:
            for owner in sorted(owners):
                found.setdefault(("blueprint", owner), Need("blueprint", owner, f"uses `{qualified}`"))
        if qualified in shared:
            others = ", ".join(sorted(shared[qualified] - {name}))
            found.setdefault(("state", qualified), Need("state", qualified, f"shared with {others}"))
    return tuple(need for _, need in sorted(found.items()))
