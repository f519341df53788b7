"""Brings a manifest up to date with the project: which routes there are, where their views are, what was found."""

from collections.abc import Iterable, Iterator

from codemods.findings import Finding
from codemods.model import Endpoint, Project, Rule
from migrator.manifest.model import BlueprintEntry, FindingEntry, Manifest, RouteEntry, SourceEntry
from migrator.selectors import APPLICATION


def route_key(method: str, rule: Rule) -> str:
    """`"GET /orders/<int:order_id>"`, with the host or subdomain in front where the rule has one."""
    return f"{method} {rule.host or rule.subdomain or ''}{rule.rule}"


def route_methods(rule: Rule) -> tuple[str, ...]:
    """The methods that are routes of their own: HEAD goes with its GET."""
    return tuple(method for method in rule.methods if method != "HEAD" or "GET" not in rule.methods)


def project_routes(project: Project) -> Iterator[tuple[str, str, str, Rule, Endpoint]]:
    """Every route as (blueprint, key, method, rule, endpoint), in Werkzeug's matching order.

    Rules that only build URLs answer nothing and are left out.
    """
    rules = [(rule, endpoint) for endpoint in project.endpoints for rule in endpoint.rules if not rule.build_only]
    for rule, endpoint in sorted(rules, key=lambda pair: (pair[0].rank, pair[0].order)):
        for method in route_methods(rule):
            yield endpoint.blueprint or APPLICATION, route_key(method, rule), method, rule, endpoint


def finding_entries(findings: Iterable[Finding]) -> list[FindingEntry]:
    """Findings as the manifest has them: sorted, each once."""
    entries = {
        (
            one.code,
            one.location.file if one.location else "",
            one.location.line if one.location else 0,
            one.detail,
        ): FindingEntry(
            code=one.code,
            severity=one.diagnostic.severity,
            file=one.location.file if one.location else None,
            line=one.location.line if one.location else None,
            summary=one.diagnostic.summary,
            detail=one.detail,
        )
        for one in findings
    }
    return [entries[key] for key in sorted(entries)]


def synchronise(manifest: Manifest, project: Project) -> tuple[list[str], list[str]]:
    """Add the routes that are new, drop those that are gone, refresh places; the keys added and dropped.

    State, evidence and history of a route that stays are kept. Of two routes with one key in a blueprint, the one that
    Werkzeug tries first is the one that answers.
    """
    before = {(blueprint, key): route for blueprint, key, route in manifest.routes()}
    seen: dict[tuple[str, str], RouteEntry] = {}
    for blueprint, key, method, rule, endpoint in project_routes(project):
        if (blueprint, key) in seen:
            continue
        old = before.get((blueprint, key))
        if old is not None and old.endpoint == endpoint.name:
            entry = old
        else:
            entry = RouteEntry(endpoint=endpoint.name, rule=rule.rule, method=method)
        location = endpoint.view.function.location
        if location is None:
            entry.source = None
        else:
            digest = entry.source.digest if entry.source else None
            entry.source = SourceEntry(file=location.file, line=location.line, digest=digest)
        has_outcome = bool(manifest.files) or (entry.source is not None and entry.source.digest is not None)
        if entry is not old or not has_outcome:  # else the last `apply` knows more than the scan
            entry.findings = finding_entries(endpoint.findings)
        seen[blueprint, key] = entry
    added = [key for blueprint, key in seen if (blueprint, key) not in before]
    dropped = [key for blueprint, key in before if (blueprint, key) not in seen]
    manifest.blueprints = {}
    for (blueprint, key), entry in seen.items():
        manifest.blueprints.setdefault(blueprint, BlueprintEntry()).routes[key] = entry
    return added, dropped
