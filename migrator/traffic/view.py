"""What `migrate watch` shows: traffic, errors and durations by route and side, and what the shadow has found."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from migrator.status import RouteStatus
from migrator.traffic.limits import Gate
from migrator.traffic.reading import Figures, Place, RouteTraffic

ROUTES = 40
PLACES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A route that has traffic, or is to have some on FastAPI."""

    key: str
    state: str
    traffic: RouteTraffic

    def document(self, window: float) -> dict[str, Any]:
        """The line for machines."""
        sides = {side: _figures(figures, window) for side, figures in self.traffic.sides.items()}
        places = [{"place": one.place, "count": one.count, "always": one.always} for one in self.traffic.places]
        shadow = {"compared": self.traffic.compared, "differences": places}
        return {"route": self.key, "state": self.state, **sides, "shadow": shadow, "events": dict(self.traffic.events)}


def lines(routes: Sequence[RouteStatus], traffic: Mapping[str, RouteTraffic]) -> list[Line]:
    """The busiest routes first, then those that are on without traffic."""
    found = [
        Line(one.key, state(one), traffic.get(one.key, RouteTraffic()))
        for one in routes
        if one.key in traffic or one.weight or one.entry.shadow
    ]
    known = {one.key for one in routes}
    found += [Line(key, "", one) for key, one in traffic.items() if key not in known]
    return sorted(found, key=lambda one: (-sum(side.requests for side in one.traffic.sides.values()), one.key))


def state(one: RouteStatus) -> str:
    """What is on."""
    name = f"{one.weight} %" if one.weight else "flask"
    return f"{name}, shadow" if one.entry.shadow else name


def render(found: Sequence[Line], window: float, gate: Gate, gone: Mapping[str, str]) -> RenderableType:
    """The tables for a terminal or a pipe."""
    table = Table("route", "FastAPI", "side", *("requests/s", "errors", "p50", "p95"), title=f"last {window:g} s")
    for one in found[:ROUTES]:
        head = [one.key, one.state]
        for side, figures in one.traffic.sides.items():
            if figures.requests or side == "fastapi":
                table.add_row(*head, side, *_cells(figures, window))
                head = ["", ""]
    parts: list[RenderableType] = [table]
    differing = [(one, place) for one in found for place in one.traffic.places][:PLACES]
    if differing:
        shadow = Table("route", "differs", "how often", "", title="shadow")
        for one, place in differing:
            shadow.add_row(one.key, place.place, f"{place.count} of {one.traffic.compared}", remark(place, gate))
        parts.append(shadow)
    if len(found) > ROUTES:
        parts.append(f"and {len(found) - ROUTES} routes more")
    parts += [f"back on Flask: {key}: {why}" for key, why in gone.items()]
    return Group(*parts)


def remark(place: Place, gate: Gate) -> str:
    """What a person should know of a difference."""
    if place.place in gate.ignore:
        return "ignored by the settings"
    return "always: if it may, name it in ignore of [tool.migrate.gate]" if place.always else ""


def _cells(figures: Figures, window: float) -> list[str]:
    if not figures.requests:
        return ["·"] * 4
    return [
        f"{figures.requests / window:.1f}",
        f"{figures.error_share:.2f} %",
        _duration(figures.percentile(0.5)),
        _duration(figures.percentile(0.95)),
    ]


def _figures(figures: Figures, window: float) -> dict[str, Any]:
    return {
        "requests": figures.requests,
        "per_second": round(figures.requests / window, 2),
        "errors": figures.errors,
        "p50": _known(figures.percentile(0.5)),
        "p95": _known(figures.percentile(0.95)),
    }


def _known(seconds: float) -> float | None:
    """None for what took longer than is counted: JSON has no infinity."""
    return None if math.isinf(seconds) else seconds


def _duration(seconds: float) -> str:
    return "> 10 s" if math.isinf(seconds) else f"{seconds * 1000:.1f} ms"
