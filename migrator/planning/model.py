"""What a plan says: per route a verdict with findings, per blueprint readiness, effort and needs, an order, totals."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from codemods.findings import Finding, Location
from codemods.parity import DIFFERENCES, Choice, Difference

Runtime = Literal["native", "bridged", "flask"]
Basis = Literal["forecast", "tried", "applied", "kept"]
Size = Literal["S", "M", "L"]


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """One route and what serves it once promoted.

    `basis` tells where the verdict comes from: the facts of the scan, a conversion in memory, what `apply` did, or a
    person who keeps it.
    `wire` names the kinds of wire difference that its clients could see where they are not preserved; `group` is the
    state that it shares with others and that the two sides cannot share, as `apply` found it.
    """

    key: str
    method: str
    rule: str
    endpoint: str
    blueprint: str
    runtime: Runtime
    basis: Basis
    location: Location | None
    findings: tuple[Finding, ...] = ()
    state: str = "legacy"
    wire: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """People's work, not the tool's. Hours are a weighing of the reasons, to compare blueprints with, not a promise."""

    hours: float
    reasons: tuple[str, ...]

    @property
    def size(self) -> Size:
        """`S` is done in half a day, `M` in two days, `L` wants a plan of its own."""
        if self.hours <= 4:
            return "S"
        return "M" if self.hours <= 16 else "L"


@dataclass(frozen=True, slots=True)
class Need:
    """Something outside a blueprint that its routes reach: another blueprint's code, or state that both sides share."""

    kind: Literal["blueprint", "state"]
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedBlueprint:
    """A blueprint's part of the plan. `name` is `.` for the application itself; `step` its place in the order."""

    name: str
    step: int
    url_prefix: str
    location: Location | None
    routes: tuple[PlannedRoute, ...]
    effort: Effort
    needs: tuple[Need, ...]

    @property
    def readiness(self) -> int:
        """Percent of its routes that convert without anybody's work on the Flask side."""
        return percent(sum(route.runtime != "flask" for route in self.routes), len(self.routes))

    def count(self, runtime: Runtime) -> int:
        return sum(route.runtime == runtime for route in self.routes)


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """A kind of input or output on which an idiomatic schema does otherwise than Marshmallow's, with an example.

    `place` is the field, empty for the whole; `call` what was called, with `input`.
    """

    place: str
    call: str
    input: str
    marshmallow: str
    pydantic: str

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.call} of {self.input}: Marshmallow {self.marshmallow}, Pydantic {self.pydantic}"


@dataclass(frozen=True, slots=True)
class StyledSchema:
    """A schema for which the idiomatic style was chosen, as far as it is converted.

    `exact_since` tells why it is exact all the same. `differences` are what a comparison has shown on `inputs` of them;
    `objection` tells why that says nothing of the code as it is, None where it does.
    """

    name: str
    routes: tuple[str, ...]
    exact_since: str = ""
    inputs: int = 0
    objection: str | None = None
    differences: tuple[SchemaDifference, ...] = ()

    @property
    def state(self) -> str:
        """What is known of it, in one line."""
        if self.exact_since:
            return f"stays exact: {self.exact_since}"
        if self.objection:
            return f"{self.objection}: `migrate verify --schemas` finds where it differs"
        return f"differs in {len(self.differences)} way(s), found on {self.inputs} inputs"


@dataclass(frozen=True, slots=True)
class Totals:
    """The plan in one line."""

    routes: int
    native: int
    bridged: int
    flask: int
    blocked: int
    review: int
    hours: float

    @property
    def readiness(self) -> int:
        return percent(self.native + self.bridged, self.routes)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan, blueprints in the order of migration. `live`: the running application confirmed it.

    `parity` is the team's choice for each kind of wire difference, where it made one; `schemas` are those for which it
    chose the idiomatic style.
    """

    application: str
    live: bool
    blueprints: tuple[PlannedBlueprint, ...]
    effort: Effort
    findings: tuple[Finding, ...] = ()
    parity: Mapping[str, Choice] = field(default_factory=dict)
    schemas: tuple[StyledSchema, ...] = ()

    @property
    def routes(self) -> tuple[PlannedRoute, ...]:
        return tuple(route for blueprint in self.blueprints for route in blueprint.routes)

    @property
    def forecasts(self) -> int:
        """The count of verdicts that a conversion could correct: of views that are the project's own."""
        return sum(route.basis == "forecast" and route.location is not None for route in self.routes)

    def groups(self) -> dict[str, list[str]]:
        """The routes that move together, by the state that they share."""
        found: dict[str, list[str]] = {}
        for route in self.routes:
            if route.group is not None:
                found.setdefault(route.group, []).append(route.key)
        return dict(sorted(found.items()))

    def wire(self) -> list[tuple[Difference, Choice, int]]:
        """Each kind of wire difference that some route has, with the choice made for it and the count of routes."""
        counts = Counter(name for route in self.routes for name in route.wire)
        return [
            (difference, self.parity.get(name, "preserve"), counts[name])
            for name, difference in DIFFERENCES.items()
            if counts[name]
        ]

    @property
    def totals(self) -> Totals:
        routes = self.routes
        distinct = {finding for route in routes for finding in route.findings} | set(self.findings)
        severities = [finding.diagnostic.severity for finding in distinct]
        return Totals(
            routes=len(routes),
            native=sum(route.runtime == "native" for route in routes),
            bridged=sum(route.runtime == "bridged" for route in routes),
            flask=sum(route.runtime == "flask" for route in routes),
            blocked=severities.count("blocked"),
            review=severities.count("review"),
            hours=self.effort.hours,
        )


def percent(part: int, whole: int) -> int:
    """Rounded down, so that 100 means all of it; 100 of nothing."""
    return part * 100 // whole if whole else 100
