"""Where workers write down together what they have counted, and what the shadow has found: a small SQLite database.

It is written in a thread of its own, about once a second, never while a request waits. A database that cannot be
written costs what was counted meanwhile, and a line in the log.
"""

import atexit
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

from .counters import BOUNDS, Counts, Tally

logger = logging.getLogger(__name__)

SLOT_SECONDS = 10
KEPT_SECONDS = 24 * 3600
"""After a day the slots of a route are one: its total stays, its course is forgotten."""
EXAMPLES = 5
"""How many examples of one difference are kept."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    at INTEGER, route TEXT, side TEXT, status INTEGER, count INTEGER, seconds REAL, buckets TEXT,
    PRIMARY KEY (at, route, side, status)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    at INTEGER, route TEXT, event TEXT, count INTEGER, PRIMARY KEY (at, route, event)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS differences (
    route TEXT, place TEXT, count INTEGER, first_at REAL, last_at REAL, PRIMARY KEY (route, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS examples (
    id INTEGER PRIMARY KEY, route TEXT, place TEXT, at REAL, request TEXT, flask TEXT, fastapi TEXT);
"""


class Store:
    """The database in a file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._thread = ThreadPoolExecutor(1, "traffic")
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting = Counts()
        self._is_due = False
        self._is_broken = False
        self._cleaned_at = 0.0
        atexit.register(self.write)

    def add(self, counts: Counts) -> None:
        """Write down what has been counted, soon."""
        with self._lock:
            self._waiting.add(counts)
            if self._is_due:
                return
            self._is_due = True
        with suppress(RuntimeError):  # the interpreter is shutting down: `write` is called once more at its exit
            self._thread.submit(self.write)

    def write(self) -> None:
        """Add what is waiting to the database; what another thread is writing is there afterwards, too."""
        with self._writing:
            with self._lock:
                counts, self._waiting, self._is_due = self._waiting, Counts(), False
            if counts.requests or counts.events:
                self._transact(lambda database: self._add(database, counts))

    def record(self, route: str, places: Sequence[str], request: str, flask: str, fastapi: str) -> None:
        """Write down where two answers differ, and the first examples of each place. It takes a while."""
        self._transact(lambda database: add_differences(database, route, places, (request, flask, fastapi)))

    def totals(self) -> Counts:
        """Everything that all workers have counted; nothing where the database cannot be read."""
        counts = Counts()
        self._transact(lambda database: read_totals(database, counts))
        return counts

    def _add(self, database: sqlite3.Connection, counts: Counts) -> None:
        slot = int(time.time()) // SLOT_SECONDS * SLOT_SECONDS
        for (route, side, status), tally in counts.requests.items():
            add_tally(database, (slot, route, side, status), tally)
        database.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(slot, route, event, count) for (route, event), count in counts.events.items()],
        )
        self._clean(database)

    def _transact(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something with the database in a transaction. An error of it is told once."""
        try:
            # Examples hold what clients have sent: nobody but the group may read them. SQLite would ask the umask only.
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o640))
            with closing(sqlite3.connect(self.file, timeout=5)) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                with database:
                    database.execute("BEGIN IMMEDIATE")
                    # With the work, so that nobody reads a store that has some of its tables only.
                    for statement in SCHEMA.split(";"):
                        database.execute(statement)
                    work(database)
        except (sqlite3.Error, OSError) as error:
            if not self._is_broken:
                logger.error("%s cannot be used, what was counted is lost: %s", self.file, error)
            self._is_broken = True
        else:
            self._is_broken = False

    def _clean(self, database: sqlite3.Connection) -> None:
        """Make one slot of all that are older than a day; once an hour."""
        now = time.time()
        if now - self._cleaned_at < 3600:
            return
        self._cleaned_at = now
        old = int(now) - KEPT_SECONDS
        rows = database.execute(
            "SELECT route, side, status, count, seconds, buckets FROM requests WHERE at BETWEEN 1 AND ?", (old,)
        ).fetchall()
        for route, side, status, count, seconds, buckets in rows:
            add_tally(database, (0, route, side, status), Tally(count, seconds, unpacked(buckets)))
        database.execute("DELETE FROM requests WHERE at BETWEEN 1 AND ?", (old,))
        database.execute(
            "INSERT INTO events SELECT 0, route, event, sum(count) FROM events WHERE at BETWEEN 1 AND ? GROUP BY 2, 3 "
            "ON CONFLICT DO UPDATE SET count = count + excluded.count",
            (old,),
        )
        database.execute("DELETE FROM events WHERE at BETWEEN 1 AND ?", (old,))


def add_tally(database: sqlite3.Connection, key: tuple[int, str, str, int], tally: Tally) -> None:
    """Add a tally to the one of a slot."""
    known = database.execute(
        "SELECT count, seconds, buckets FROM requests WHERE at = ? AND route = ? AND side = ? AND status = ?", key
    ).fetchone()
    total = Tally(known[0], known[1], unpacked(known[2])) if known else Tally()
    total.add(tally)
    database.execute(
        "INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, total.count, total.seconds, packed(total.buckets)),
    )


def packed(buckets: list[int]) -> str:
    """Counts by the upper bound, `inf` behind the last, without those that are empty."""
    return json.dumps({str(bound): count for bound, count in zip((*BOUNDS, "inf"), buckets, strict=True) if count})


def unpacked(text: str) -> list[int]:
    """The counts in the order of the bounds."""
    found = json.loads(text)
    return [found.get(str(bound), 0) for bound in (*BOUNDS, "inf")]


def add_differences(
    database: sqlite3.Connection, route: str, places: Sequence[str], example: tuple[str, str, str]
) -> None:
    """Count the places, and keep the example (request, Flask's answer, FastAPI's) where there are few yet."""
    now = time.time()
    for place in places:
        database.execute(
            "INSERT INTO differences VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE "
            "SET count = count + 1, last_at = excluded.last_at",
            (route, place, now, now),
        )
        known = "SELECT count(*) FROM examples WHERE route = ? AND place = ?"
        if database.execute(known, (route, place)).fetchone()[0] < EXAMPLES:
            database.execute(
                "INSERT INTO examples (route, place, at, request, flask, fastapi) VALUES (?, ?, ?, ?, ?, ?)",
                (route, place, now, *example),
            )


def read_totals(database: sqlite3.Connection, counts: Counts) -> None:
    """Add everything that the database has."""
    rows = database.execute("SELECT route, side, status, count, seconds, buckets FROM requests")
    for route, side, status, count, seconds, buckets in rows:
        tally = counts.requests.setdefault((route, side, status), Tally())
        tally.add(Tally(count, seconds, unpacked(buckets)))
    for route, event, count in database.execute("SELECT route, event, sum(count) FROM events GROUP BY 1, 2"):
        counts.events[route, event] = count
