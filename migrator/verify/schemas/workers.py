"""Compares schemas in processes of their own, each with the application beside it: drawing takes most of the time.

One process is as good as several: Hypothesis also draws constants of the modules that are imported, and so a seed gives
the same inputs whatever the command has imported, and however many processes there are.
"""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from migrator.errors import MigrateError
from migrator.verify.schemas.options import Check
from migrator.verify.schemas.report import Compared

TIME_LIMIT = 60.0
"""Seconds for one input, and for the start."""


def compare_all(check: Check) -> Iterator[Compared]:
    """Compare the schemas; each as soon as it is done. Raises MigrateError when the application cannot be run."""
    names = iter(sorted(check.schemas))
    with working(check, min(check.jobs, len(check.schemas))) as workers:
        busy = {connection for connection in workers if _give(connection, names)}
        while busy:
            for connection in wait(list(busy)):
                assert isinstance(connection, Connection)
                yield _answer(connection, workers[connection])
                if not _give(connection, names):
                    busy.discard(connection)


def _give(connection: Connection, names: Iterator[str]) -> bool:
    """Give a process the next schema, if there is one. One that has ended is found where its answer is missing."""
    name = next(names, None)
    if name is not None:
        with suppress(OSError):
            connection.send(name)
    return name is not None


def _answer(connection: Connection, process: SpawnProcess) -> Compared:
    try:
        found: Compared | MigrateError = connection.recv()
    except (EOFError, OSError):
        process.join()
        raise MigrateError(f"a process that compares schemas has ended with exit code {process.exitcode}") from None
    if isinstance(found, MigrateError):
        raise found
    return found


@contextmanager
def working(check: Check, count: int) -> Iterator[dict[Connection, SpawnProcess]]:
    """So many processes, and what one asks each by. They end with the block, whatever they are at."""
    context = multiprocessing.get_context("spawn")
    workers: dict[Connection, SpawnProcess] = {}
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(check, theirs))
            process.start()
            theirs.close()  # so that what it does not answer any more is the end of the pipe
            workers[ours] = process
        yield workers
    finally:
        for connection, process in workers.items():
            connection.close()
            process.terminate()
        for process in workers.values():
            process.join()


def serve(check: Check, connection: Connection) -> None:
    """Compare one schema after the other, until the pipe is closed."""
    from migrator.verify.schemas.conversation import conversing
    from migrator.verify.schemas.proof import compare  # Hypothesis is of no use to the process that shows what is found

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    with suppress(KeyboardInterrupt, EOFError, OSError):
        try:
            with conversing(check.python, check.root, check.settings, check.environment, TIME_LIMIT) as conversation:
                while True:
                    name = connection.recv()
                    connection.send(compare(conversation, name, check.schemas[name], check.inputs, check.seed))
        except MigrateError as error:
            connection.send(error)
