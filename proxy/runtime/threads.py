"""The threads that run Flask: what is handed over goes through one queue, and nothing comes back.

`concurrent.futures` makes a future with locks of its own for each call, which costs as much as the rest of a hand-over;
whoever calls here is told by what was run. As there, threads end with their owner, and at the end of the interpreter
what runs is waited for.
"""

import atexit
import logging
import threading
import weakref
from collections.abc import Callable
from contextvars import Context
from queue import SimpleQueue

logger = logging.getLogger(__name__)

Work = tuple[Context, Callable[[], None]]
Queue = SimpleQueue[Work | None]


class Threads:
    """So many threads, started one at a time by the first calls."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._queue: Queue = SimpleQueue()
        self._threads: list[threading.Thread] = []
        weakref.finalize(self, end, self._queue, self._threads).atexit = False
        _all.add(self)

    def run(self, context: Context, work: Callable[[], None]) -> None:
        """Run something, which should not raise, in a context. Called in one thread at a time."""
        if len(self._threads) < self.number:
            # A daemon, since the interpreter waits for others before it tells anybody that they should end.
            thread = threading.Thread(target=run_all, args=(self._queue,), name="wsgi", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._queue.put((context, work))

    def join(self) -> None:
        """Wait until what was handed over has been run."""
        end(self._queue, self._threads)
        for thread in self._threads:
            thread.join()


_all: weakref.WeakSet[Threads] = weakref.WeakSet()


@atexit.register
def join_all() -> None:
    """At the end of the interpreter: wait for what runs."""
    for threads in list(_all):
        threads.join()


def end(queue: Queue, threads: list[threading.Thread]) -> None:
    """Let the threads end when the queue is empty."""
    for _ in threads:
        queue.put(None)


def run_all(queue: Queue) -> None:
    """In a thread: run what comes."""
    while (given := queue.get()) is not None:
        context, work = given
        try:
            context.run(work)
        except BaseException:
            logger.exception("a thread that runs Flask has failed")
        del given, context, work  # so that nothing of a request lives until the next
