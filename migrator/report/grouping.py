"""Findings as a reader wants them: a diagnostic once, with all places it was found in and the routes concerned."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from codemods.findings import Diagnostic, Finding, Location
from migrator.planning.model import Plan

SEVERITIES = ("blocked", "review", "note")


@dataclass(frozen=True, slots=True)
class Place:
    """One finding, and the endpoints it concerns; none for a finding about the project."""

    location: Location | None
    detail: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A diagnostic and its places, in order of file and line."""

    diagnostic: Diagnostic
    places: tuple[Place, ...]


def grouped(plan: Plan) -> tuple[Group, ...]:
    """The findings of a plan: what blocks first, then by code."""
    endpoints: dict[Finding, dict[str, None]] = defaultdict(dict)
    for finding in plan.findings:
        endpoints[finding].update({})
    for route in plan.routes:
        for finding in route.findings:
            endpoints[finding][route.endpoint] = None
    places: dict[Diagnostic, list[Place]] = defaultdict(list)
    for finding in sorted(endpoints, key=_rank):
        places[finding.diagnostic].append(Place(finding.location, finding.detail, tuple(endpoints[finding])))
    return tuple(Group(diagnostic, tuple(ones)) for diagnostic, ones in places.items())


def wording(places: Iterable[str], limit: int = 3) -> str:
    """`a, b, c and 4 more`."""
    names = list(places)
    if len(names) <= limit + 1:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def _rank(finding: Finding) -> tuple[int, str, str, int, str]:
    place = finding.location or Location("", 0)
    return SEVERITIES.index(finding.diagnostic.severity), finding.code, place.file, place.line, finding.detail
