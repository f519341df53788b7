"""From the facts of a project, and what `apply` has recorded, to its plan. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from codemods.findings import Finding
from codemods.model import Blueprint, Endpoint, Project, Rule
from codemods.parity import Choice
from codemods.scan.context import Context
from codemods.scan.link import late_findings
from codemods.scan.names import Names
from migrator.manifest.sync import project_routes
from migrator.planning.effort import effort_of
from migrator.planning.model import Basis, Need, Plan, PlannedBlueprint, PlannedRoute, Runtime
from migrator.planning.order import Candidate, order
from migrator.planning.reach import Reach, Site
from migrator.planning.verdicts import Judge, Verdict
from migrator.planning.wire import Wire
from migrator.selectors import APPLICATION


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of a route beyond the facts: from the manifest, or, where `basis` says so, from a conversion in
    memory. `runtime` is None while `apply` has not been asked for the route."""

    state: str
    runtime: Runtime | None
    findings: tuple[Finding, ...] = ()
    group: str | None = None
    basis: Basis = "applied"


def forecast(
    project: Project,
    recorded: Mapping[str, Recorded] | None = None,
    unread: tuple[Finding, ...] = (),
    parity: Mapping[str, Choice] | None = None,
    *,
    is_apart: bool = False,
) -> Plan:
    """The plan of a project. `recorded` is by route key; where a route was converted, the outcome is the verdict.

    `unread` are findings from before the scan: files that nobody could look at. `parity` are the team's choices.
    `is_apart` tells that Flask will run in another process, where nothing is bridged.
    """
    views = _view_modules(project)
    reach = Reach(project, landmarks=views)
    judge = Judge(project, reach, is_apart)
    wire = Wire(project, reach)
    verdicts = {endpoint.name: judge.judge(endpoint) for endpoint in project.endpoints}
    routes: dict[str, dict[str, PlannedRoute]] = defaultdict(dict)
    sites: dict[str, dict[Site, None]] = defaultdict(dict)
    for name, key, method, rule, endpoint in project_routes(project):
        verdict = verdicts[endpoint.name]
        sites[name].update(dict.fromkeys(verdict.sites))
        planned = _route(name, key, method, rule, endpoint, verdict, (recorded or {}).get(key))
        planned = replace(planned, wire=wire.kinds(endpoint, rule, method))
        routes[name].setdefault(key, planned)  # of two with one key, the one that Werkzeug tries first answers
    shared = _shared_state(project, reach, sites)
    needs = {name: _needs(name, sites[name], reach, views, shared) for name in routes}
    places = {blueprint.name: blueprint for blueprint in project.blueprints}
    blueprints = {name: _blueprint(name, routes[name], needs[name], places.get(name)) for name in routes}
    steps = enumerate(order({name: _candidate(one) for name, one in blueprints.items()}), start=1)
    return Plan(
        application=project.application.reference,
        live=project.live,
        blueprints=tuple(replace(blueprints[name], step=step) for step, name in steps),
        effort=effort_of([route for one in blueprints.values() for route in one.routes]),
        findings=(*unread, *project.findings, *late_findings(project)),
        parity=parity or {},
    )


def _route(
    blueprint: str, key: str, method: str, rule: Rule, endpoint: Endpoint, verdict: Verdict, known: Recorded | None
) -> PlannedRoute:
    runtime, findings = verdict.runtime, verdict.findings
    basis: Basis = "forecast"
    if known is not None and known.state == "kept":
        runtime, findings, basis = "flask", known.findings, "kept"
    elif known is not None and known.runtime is not None:
        runtime, findings, basis = known.runtime, known.findings, known.basis
    return PlannedRoute(
        key=key,
        method=method,
        rule=rule.rule,
        endpoint=endpoint.name,
        blueprint=blueprint,
        runtime=runtime,
        basis=basis,
        location=endpoint.view.function.location,
        findings=findings,
        state=known.state if known else "legacy",
        group=known.group if known else None,
    )


def _blueprint(
    name: str, routes: Mapping[str, PlannedRoute], needs: tuple[Need, ...], place: Blueprint | None
) -> PlannedBlueprint:
    ordered = tuple(sorted(routes.values(), key=lambda route: (route.rule, route.method, route.endpoint)))
    return PlannedBlueprint(
        name=name,
        step=0,
        url_prefix=place.url_prefix if place else "",
        location=place.location if place else None,
        routes=ordered,
        effort=effort_of(ordered),
        needs=needs,
    )


def _candidate(blueprint: PlannedBlueprint) -> Candidate:
    needs = frozenset(need.name for need in blueprint.needs if need.kind == "blueprint")
    return Candidate(blueprint.name, needs, blueprint.readiness, blueprint.effort.hours)


def _view_modules(project: Project) -> dict[str, frozenset[str]]:
    """The modules that hold views, with the blueprints these belong to."""
    names = Names(project.modules)
    found: dict[str, set[str]] = defaultdict(set)
    for endpoint in project.endpoints:
        function = endpoint.view.function
        module = names.module_of(function.qualified)[0] if function.location is not None else None
        if module is not None:
            found[module].add(endpoint.blueprint or APPLICATION)
    return {module: frozenset(names) for module, names in found.items()}


def _shared_state(project: Project, reach: Reach, sites: Mapping[str, Iterable[Site]]) -> dict[str, frozenset[str]]:
    """Module-level state that may change and that routes of more than one blueprint reach, with these blueprints.

    Objects of Flask and its extensions, and what is made with them, are state too, but each side reaches them in
    the way the vocabulary says.
    """
    reached: dict[str, set[str]] = defaultdict(set)
    for name, ones in sites.items():
        for site in ones:
            if site.definition.kind == "state":
                reached[site.definition.qualified].add(name)
    context = Context(project)
    return {
        state: frozenset(names)
        for state, names in reached.items()
        if len(names) > 1 and context.may_change(state) and not any(site.terms for site in reach.sites(state))
    }


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
