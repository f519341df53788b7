"""What a manifest already holds of the routes, in the plan's terms."""

from collections.abc import Callable, Mapping

from codemods.findings import Diagnostic, Finding, Location
from migrator.evidence import stale_proof
from migrator.manifest.model import FindingEntry, Manifest, RouteEntry
from migrator.planning.forecast import Recorded
from migrator.planning.model import SchemaDifference, StyledSchema
from migrator.settings import Settings


def recorded(manifest: Manifest, diagnostics: Callable[[], Mapping[str, Diagnostic]]) -> dict[str, Recorded]:
    """By route key. `diagnostics` is called only when there are findings of `apply` to be explained."""
    known: dict[str, Recorded] = {}
    pages: Mapping[str, Diagnostic] | None = None
    for _, key, route in manifest.routes():
        applied = has_outcome(route)
        if pages is None and route.findings and (applied or route.state == "kept"):
            pages = diagnostics()
        findings = tuple(_finding(entry, pages or {}) for entry in route.findings)
        known[key] = Recorded(route.state, route.runtime if applied else None, findings, route.group)
    return known


def styled(manifest: Manifest, settings: Settings) -> tuple[StyledSchema, ...]:
    """The converted schemas for which the idiomatic style was chosen, and what comparisons have shown of them."""
    users: dict[str, list[str]] = {}
    for _, key, route in manifest.routes():
        for name in route.schemas:
            users.setdefault(name, []).append(key)
    found = []
    for name, entry in sorted(manifest.schemas.items()):
        if entry.style != "idiomatic" and entry.exact_since is None:
            continue
        objection = stale_proof(entry, settings)
        kinds = entry.proof.kinds if entry.proof is not None and objection is None else []
        inputs = entry.proof.inputs if entry.proof is not None else 0
        differences = tuple(SchemaDifference(**kind.model_dump()) for kind in kinds)
        routes = tuple(users.get(name, ()))
        found.append(StyledSchema(name, routes, entry.exact_since or "", inputs, objection, differences))
    return tuple(found)


def has_outcome(route: RouteEntry) -> bool:
    """Whether `apply` was asked for the route: it records the digest of what it read, also where the answer is no."""
    return route.converted or (route.source is not None and route.source.digest is not None)


def _finding(entry: FindingEntry, pages: Mapping[str, Diagnostic]) -> Finding:
    page = pages.get(entry.code)
    diagnostic = Diagnostic(
        code=entry.code,
        severity=entry.severity,
        summary=entry.summary,
        why=page.why if page else "",
        advice=page.advice if page else "",
        before=page.before if page else "",
        after=page.after if page else "",
    )
    location = Location(entry.file, entry.line or 1) if entry.file else None
    return Finding(diagnostic, location, entry.detail)
