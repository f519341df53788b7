"""The tables in which gateways write down together what they have counted, and what their shadows have found.

All SQL of the gateway is here; what it says means the same to SQLite and to PostgreSQL.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .counters import BOUNDS, Counts, Tally

SLOT_SECONDS = 10
KEPT_SECONDS = 24 * 3600
"""After a day the slots of a route are one: its total stays, its course is forgotten."""
EXAMPLES = 5
"""How many examples of one difference are kept."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS requests (at BIGINT, route TEXT, side TEXT, status BIGINT, count BIGINT, "
    "seconds DOUBLE PRECISION, buckets TEXT, PRIMARY KEY (at, route, side, status))",
    "CREATE TABLE IF NOT EXISTS events (at BIGINT, route TEXT, event TEXT, count BIGINT, "
    "PRIMARY KEY (at, route, event))",
    "CREATE TABLE IF NOT EXISTS differences (route TEXT, place TEXT, count BIGINT, first_at DOUBLE PRECISION, "
    "last_at DOUBLE PRECISION, PRIMARY KEY (route, place))",
    "CREATE TABLE IF NOT EXISTS examples (route TEXT, place TEXT, at DOUBLE PRECISION, request TEXT, flask TEXT, "
    "fastapi TEXT)",
)


class Session(Protocol):
    """A transaction of a database. Values are where `?` is in a statement."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Iterable[Any]:
        """The rows that a statement answers."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers that differ in these places, with the request that caused it; all as text."""

    at: float
    route: str
    places: tuple[str, ...]
    request: str
    flask: str
    fastapi: str


def write_counts(session: Session, counts: Counts, now: float) -> None:
    """Add what was counted to the slot of this moment."""
    slot = int(now) // SLOT_SECONDS * SLOT_SECONDS
    for (route, side, status), tally in counts.requests.items():
        add_tally(session, (slot, route, side, status), tally)
    for (route, event), count in counts.events.items():
        session.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?) "
            "ON CONFLICT (at, route, event) DO UPDATE SET count = events.count + excluded.count",
            (slot, route, event, count),
        )


def add_tally(session: Session, key: tuple[int, str, str, int], tally: Tally) -> None:
    """Add a tally to the one of a slot."""
    total = Tally()
    known = "SELECT count, seconds, buckets FROM requests WHERE at = ? AND route = ? AND side = ? AND status = ?"
    for count, seconds, buckets in session.execute(known, key):
        total.add(Tally(count, seconds, unpacked(buckets)))
    total.add(tally)
    session.execute(
        "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at, route, side, status) "
        "DO UPDATE SET count = excluded.count, seconds = excluded.seconds, buckets = excluded.buckets",
        (*key, total.count, total.seconds, packed(total.buckets)),
    )


def write_difference(session: Session, found: Difference) -> None:
    """Count the places, and keep the example where there are few yet."""
    for place in found.places:
        session.execute(
            "INSERT INTO differences VALUES (?, ?, 1, ?, ?) ON CONFLICT (route, place) "
            "DO UPDATE SET count = differences.count + 1, last_at = excluded.last_at",
            (found.route, place, found.at, found.at),
        )
        session.execute(
            "INSERT INTO examples (route, place, at, request, flask, fastapi) SELECT ?, ?, ?, ?, ?, ? "
            "WHERE (SELECT count(*) FROM examples WHERE route = ? AND place = ?) < ?",
            (
                *(found.route, place, found.at, found.request, found.flask, found.fastapi),
                *(found.route, place, EXAMPLES),
            ),
        )


def sum_up_old(session: Session, now: float) -> None:
    """Make one slot of all that are older than a day."""
    old = int(now) - KEPT_SECONDS
    rows = session.execute(
        "SELECT route, side, status, count, seconds, buckets FROM requests WHERE at BETWEEN 1 AND ?", (old,)
    )
    for route, side, status, count, seconds, buckets in list(rows):
        add_tally(session, (0, route, side, status), Tally(count, seconds, unpacked(buckets)))
    session.execute("DELETE FROM requests WHERE at BETWEEN 1 AND ?", (old,))
    session.execute(
        "INSERT INTO events SELECT 0, route, event, sum(count) FROM events WHERE at BETWEEN 1 AND ? GROUP BY 2, 3 "
        "ON CONFLICT (at, route, event) DO UPDATE SET count = events.count + excluded.count",
        (old,),
    )
    session.execute("DELETE FROM events WHERE at BETWEEN 1 AND ?", (old,))


def read_totals(session: Session) -> Counts:
    """Everything that was counted."""
    counts = Counts()
    rows = session.execute("SELECT route, side, status, count, seconds, buckets FROM requests")
    for route, side, status, count, seconds, buckets in rows:
        tally = counts.requests.setdefault((route, side, status), Tally())
        tally.add(Tally(count, seconds, unpacked(buckets)))
    for route, event, count in session.execute("SELECT route, event, sum(count) FROM events GROUP BY 1, 2"):
        counts.events[route, event] = int(count)
    return counts


def packed(buckets: list[int]) -> str:
    """Counts by the upper bound, `inf` behind the last, without those that are empty."""
    return json.dumps({str(bound): count for bound, count in zip((*BOUNDS, "inf"), buckets, strict=True) if count})


def unpacked(text: str) -> list[int]:
    """The counts in the order of the bounds."""
    found = json.loads(text)
    return [found.get(str(bound), 0) for bound in (*BOUNDS, "inf")]


def storable(texts: Iterable[str]) -> Iterator[str]:
    """Texts as every database takes them: clients may send halves of characters, and zeros."""
    for text in texts:
        yield text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
