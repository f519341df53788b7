"""Reads the store in which the workers of all gateways write down what they have counted (`MIGRATE_TRAFFIC`)."""

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.manifest.store import own_folder
from migrator.traffic.database import Session, opened

FILE = "traffic.sqlite"
PLACES = 50
"""How many places of a route are told."""
NO_ANSWER = 0
"""The status of a side that has failed, and in whose place the other has answered."""


@dataclass(slots=True)
class Figures:
    """Requests that one side has answered, how many ended in an error of the server, and how long they took."""

    requests: int = 0
    errors: int = 0
    durations: Counter[float] = field(default_factory=Counter)

    @property
    def error_share(self) -> float:
        """Errors in percent."""
        return 100 * self.errors / self.requests if self.requests else 0.0

    def percentile(self, share: float) -> float:
        """The duration in seconds that so many requests kept, to within a tenth; 0 without any."""
        wanted = share * sum(self.durations.values())
        seen = 0
        for bound in sorted(self.durations):
            seen += self.durations[bound]
            if seen >= wanted:
                return bound
        return 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where answers of a shadowed route differ, and how often; `always` in every comparison so far."""

    place: str
    count: int
    always: bool


@dataclass(slots=True)
class RouteTraffic:
    """What was counted of one route."""

    sides: dict[str, Figures] = field(default_factory=lambda: {"flask": Figures(), "fastapi": Figures()})
    events: Counter[str] = field(default_factory=Counter)
    places: tuple[Place, ...] = ()

    @property
    def compared(self) -> int:
        """How often both answers were compared."""
        return self.events["shadow same"] + self.events["shadow different"]


def store_of(root: Path) -> str:
    """Where gateways write: what `MIGRATE_TRAFFIC` says, or the file of `migrate run`."""
    return os.environ.get("MIGRATE_TRAFFIC") or str(traffic_file(root))


def traffic_file(root: Path) -> Path:
    """Where `migrate run` lets the gateway write, and `migrate watch` looks, unless they are told otherwise."""
    return own_folder(root) / FILE


def read_traffic(store: str, since: float = 0, ignore: Collection[str] = ()) -> dict[str, RouteTraffic]:
    """What was counted since a moment, by route; differences are all that there are. Nothing without a store.

    Of the differences of a route 50 are told, those to `ignore` only where the others leave room. What Flask answered
    in FastAPI's place counts as FastAPI's error. Raises MigrateError for what is no store.
    """
    found: dict[str, RouteTraffic] = {}
    with opened(store) as session:
        if session is None:
            return found
        rows = session.execute("SELECT route, side, status, count, buckets FROM requests WHERE at >= ?", (since,))
        for route, side, status, count, buckets in rows:
            figures = found.setdefault(route, RouteTraffic()).sides[side]
            figures.requests += count
            figures.errors += count if status >= 500 or status == NO_ANSWER else 0
            figures.durations.update({float(bound): number for bound, number in json.loads(buckets).items()})
        for route, event, count in session.execute(
            "SELECT route, event, sum(count) FROM events WHERE at >= ? OR event LIKE 'shadow%' GROUP BY 1, 2", (since,)
        ):
            found.setdefault(route, RouteTraffic()).events[event] = int(count)
        for route, traffic in found.items():
            traffic.places = places(session, route, traffic.compared, ignore)
    return found


def places(session: Session, route: str, compared: int, ignore: Collection[str]) -> tuple[Place, ...]:
    """Where the answers of a route differ, the most frequent first; what is ignored after all others."""
    rows = session.execute("SELECT place, count FROM differences WHERE route = ?", (route,))
    ordered = sorted(rows, key=lambda row: (row[0] in ignore, -row[1], row[0]))
    return tuple(Place(place, count, count >= compared) for place, count in ordered[:PLACES])


def examples(store: str, route: str, place: str) -> list[dict[str, Any]]:
    """The requests kept for a difference, each with both answers. Raises MigrateError for what is no store."""
    with opened(store) as session:
        if session is None:
            return []
        rows = session.execute(
            "SELECT request, flask, fastapi FROM examples WHERE route = ? AND place = ? ORDER BY at", (route, place)
        )
        return [dict(zip(("request", "flask", "fastapi"), map(json.loads, row), strict=True)) for row in rows]


def forget_differences(root: Path, routes: Iterable[str]) -> None:
    """Begin anew with these routes: what was compared before was other code. Nothing to do without a store."""
    with opened(store_of(root), writing=True) as session:
        if session is None:
            return
        for route in routes:
            session.execute("DELETE FROM differences WHERE route = ?", (route,))
            session.execute("DELETE FROM examples WHERE route = ?", (route,))
            session.execute("DELETE FROM events WHERE route = ? AND event LIKE 'shadow%'", (route,))
