"""What is to be written down of this worker's requests, on its way to the database that all workers share.

It is written in a thread of its own, about once a second, never while a request waits. What cannot be written, because
others write or the database is away, waits for the next time; the log says so once.
"""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from .counters import Counts
from .databases import DatabaseError, database_at
from .records import Difference, read_totals, storable, sum_up_old, write_counts, write_difference

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
"""Between two attempts."""
CLEAN_SECONDS = 3600
WAITING = 1000
"""How many differences wait at most; the oldest are forgotten. Counts need no more room the more there are."""


class Store:
    """The database of a file or an address. Raises ValueError where there is no driver for it."""

    def __init__(self, place: str) -> None:
        self.database = database_at(place)
        self._thread = ThreadPoolExecutor(1, "traffic")
        self._lock = threading.Lock()
        self._using = threading.Lock()
        self._waiting = Counts()
        self._found: deque[Difference] = deque(maxlen=WAITING)
        self._is_due = False
        self._is_broken = False
        self._cleaned_at = 0.0
        self._again: threading.Timer | None = None
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

    def record(self, route: str, places: Sequence[str], request: str, flask: str, fastapi: str) -> None:
        """Write down where two answers differ, and the first examples of each place. It takes a while."""
        request, flask, fastapi = storable((request, flask, fastapi))
        with self._lock:
            self._found.append(Difference(time.time(), route, tuple(storable(places)), request, flask, fastapi))
        self.write()

    def write(self) -> None:
        """Add what is waiting to the database; what another thread is writing is there afterwards, too."""
        with self._using:
            with self._lock:
                counts, self._waiting, self._is_due = self._waiting, Counts(), False
                found = list(self._found)
                self._found.clear()
            if not (counts.requests or counts.events or found):
                return
            try:
                self._write(counts, found)
            except DatabaseError as error:
                self._keep(counts, found)
                self._complain(error)
                self._write_again()
            else:
                self._is_broken = False

    def totals(self) -> Counts:
        """Everything that all workers have counted; of this one alone where the database cannot be read."""
        with self._using:
            counts = Counts()
            try:
                with self.database.reading() as session:
                    if session is not None:
                        counts = read_totals(session)
            except DatabaseError as error:
                self._complain(error)
            with self._lock:
                counts.add(self._waiting)
            return counts

    def _write(self, counts: Counts, found: Sequence[Difference]) -> None:
        now = time.time()
        is_cleaned = now - self._cleaned_at >= CLEAN_SECONDS
        with self.database.writing() as session:
            write_counts(session, counts, now)
            for one in found:
                write_difference(session, one)
            if is_cleaned:
                sum_up_old(session, now)
        if is_cleaned:
            self._cleaned_at = now

    def _keep(self, counts: Counts, found: Sequence[Difference]) -> None:
        """Let wait what could not be written, in front of what has come since."""
        with self._lock:
            counts.add(self._waiting)
            self._waiting = counts
            self._found = deque([*found, *self._found], maxlen=WAITING)

    def _write_again(self) -> None:
        """Try once more in a while, even if nothing is counted meanwhile."""
        if self._again is not None and self._again.is_alive():
            return
        self._again = threading.Timer(AGAIN_SECONDS, self.add, (Counts(),))
        self._again.daemon = True
        with suppress(RuntimeError):  # the interpreter is shutting down
            self._again.start()

    def _complain(self, error: DatabaseError) -> None:
        if not self._is_broken:
            logger.error("%s cannot be used, what is counted waits meanwhile: %s", self.database.name, error)
        self._is_broken = True
