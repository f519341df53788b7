"""What a conversion in memory makes of each route, in the plan's terms: what `apply --all` would do, unwritten.

A forecast knows the facts of the scan; what only the codemods find out, line by line, it cannot know.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.conversion import convert_isolated, failed
from migrator.manifest.model import Manifest
from migrator.manifest.sync import project_routes
from migrator.planning.forecast import Recorded
from migrator.project import Loaded

#: the states of routes that `apply` does not touch
UNTOUCHED = ("kept", "retired")


@dataclass(frozen=True, slots=True)
class Tried:
    """Outcomes by route key, and by endpoint what was raised where we failed."""

    outcomes: Mapping[str, Recorded]
    failures: Mapping[str, Exception]


def tried(loaded: Loaded, manifest: Manifest) -> Tried:
    """Convert all that nobody keeps on Flask. Raises InternalError when nothing can be converted at all."""
    states = {key: route.state for _, key, route in manifest.routes()}
    untouched = {route.endpoint for _, _, route in manifest.routes() if route.state in UNTOUCHED}
    wanted = {endpoint.name for endpoint in loaded.project.endpoints} - untouched
    conversion, failures = convert_isolated(loaded, wanted)
    outcomes = {**conversion.outcomes, **{name: failed(name, error) for name, error in failures.items()}}
    found: dict[str, Recorded] = {}
    for _, key, _, _, endpoint in project_routes(loaded.project):
        outcome = outcomes.get(endpoint.name)
        if outcome is not None:
            findings = (*endpoint.findings, *outcome.findings)
            group = conversion.groups.get(endpoint.name)
            found.setdefault(key, Recorded(states.get(key, "legacy"), outcome.runtime, findings, group, "tried"))
    return Tried(found, failures)
