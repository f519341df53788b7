"""Reads the store in which the workers of all gateways write down what they have counted (`MIGRATE_TRAFFIC`)."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.errors import MigrateError
from migrator.manifest.store import own_folder

FILE = "traffic.sqlite"
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


def traffic_file(root: Path) -> Path:
    """Where `migrate run` lets the gateway write, and `migrate watch` looks."""
    return own_folder(root) / FILE


def read_traffic(file: Path, since: float = 0, ignore: Collection[str] = ()) -> dict[str, RouteTraffic]:
    """What was counted since a moment, by route; differences are all that there are. Nothing without the file.

    Of the differences of a route 50 are told, those to `ignore` only where the others leave room. What Flask answered
    in FastAPI's place counts as FastAPI's error. Raises MigrateError for a file that is no store.
    """
    found: dict[str, RouteTraffic] = {}
    if not file.is_file():
        return found
    with opened(file) as database:
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'requests'").fetchone() is None:
            return found  # a gateway is about to write for the first time
        rows = database.execute("SELECT route, side, status, count, buckets FROM requests WHERE at >= ?", (since,))
        for route, side, status, count, buckets in rows:
            figures = found.setdefault(route, RouteTraffic()).sides[side]
            figures.requests += count
            figures.errors += count if status >= 500 or status == NO_ANSWER else 0
            figures.durations.update({float(bound): number for bound, number in json.loads(buckets).items()})
        for route, event, count in database.execute(
            "SELECT route, event, sum(count) FROM events WHERE at >= ? OR event LIKE 'shadow%' GROUP BY 1, 2", (since,)
        ):
            found.setdefault(route, RouteTraffic()).events[event] = count
        for route, traffic in found.items():
            traffic.places = tuple(places(database, route, traffic.compared, ignore))
    return found


def places(database: sqlite3.Connection, route: str, compared: int, ignore: Collection[str]) -> Iterator[Place]:
    """Where the answers of a route differ, the most frequent first; what is ignored after all others."""
    rows = database.execute(
        "SELECT place, count FROM differences WHERE route = ? "
        "ORDER BY place IN (SELECT value FROM json_each(?)), count DESC, place LIMIT 50",
        (route, json.dumps(list(ignore))),
    )
    for place, count in rows:
        yield Place(place, count, count >= compared)


def examples(file: Path, route: str, place: str) -> list[dict[str, Any]]:
    """The requests kept for a difference, each with both answers."""
    with opened(file) as database:
        rows = database.execute(
            "SELECT request, flask, fastapi FROM examples WHERE route = ? AND place = ? ORDER BY id", (route, place)
        )
        return [dict(zip(("request", "flask", "fastapi"), map(json.loads, row), strict=True)) for row in rows]


def forget_differences(root: Path, routes: Iterable[str]) -> None:
    """Begin anew with these routes: what was compared before was other code. Nothing to do without a store."""
    file = traffic_file(root)
    if not file.is_file():
        return
    with opened(file, writing=True) as database:
        for route in routes:
            database.execute("DELETE FROM differences WHERE route = ?", (route,))
            database.execute("DELETE FROM examples WHERE route = ?", (route,))
            database.execute("DELETE FROM events WHERE route = ? AND event LIKE 'shadow%'", (route,))


@contextmanager
def opened(file: Path, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """The store; committed at the end. Raises MigrateError where it is none, or cannot be used."""
    try:
        mode = "rw" if writing else "ro"
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=5)) as database,
            database,
        ):
            yield database
    except sqlite3.Error as error:
        raise MigrateError(f"{file}: is no store of a gateway's traffic: {error}") from error
