"""`kill -9` of everything in turn: what is answered stays right, no order is done twice, service is back by itself."""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from migrator.serving import Kept
from scripts.load.clients import Outcome, clients, miscounted, orders
from scripts.load.fronts import ENDPOINTS, ITEM, Front, until
from scripts.load.switching import posted

CONNECTIONS = 25
KILLS = 3
BROKEN = {"traefik": (404, 500, 502, 504)}
"""What a proxy may say of a side that has just died, if not 502, 503 or 504. Traefik answers 404 until it has read its
rules, and 500 where a connection is reset."""

MORE = 300
"""How many more answers there have to be before the next is killed, and after the last."""


def killing(front: Front) -> list[str]:
    """What went wrong while each process, and each process's workers, were killed three times.

    Orders are Flask's while that dies, and FastAPI's otherwise; items are FastAPI's, and never notice Flask's end.
    """
    front.settle("fastapi", "fastapi")
    problems = []
    for name, victims in targets(front):
        is_flask = name.endswith("flask")
        front.move(["show_item"] if is_flask else ENDPOINTS)
        ordered_from = "flask" if is_flask else "fastapi"
        front.settle("fastapi", ordered_from)
        with (
            clients(front.port, CONNECTIONS, itertools.repeat(ITEM)) as items,
            clients(front.port, CONNECTIONS, orders("order")) as ordered,
        ):
            for _ in range(KILLS):
                goes_on(front, items, ordered)
                for process in victims():
                    os.kill(process, signal.SIGKILL)
                front.settle("fastapi", ordered_from)
            goes_on(front, items, ordered)
        print(f"       {name}: items {items}; orders {ordered}", flush=True)
        problems += [f"{name}: {one}" for one in judged(front, items, ordered)]
        if is_flask and (items.total > items.good or items.unanswered):
            problems.append(f"{name}: items, which FastAPI serves, were not answered")
    return problems


def targets(front: Front) -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """What is killed: each process itself, and where it has workers one of these."""
    for name, kept in front.kept.items():
        if children(pid_of(kept)):
            yield f"a worker of {name}", lambda kept=kept: children(pid_of(kept))[-1:]
        yield name, lambda kept=kept: [pid_of(kept)]


def pid_of(kept: Kept) -> int:
    """The process that runs now; 0 while there is none."""
    return kept.process.pid if kept.process is not None else 0


def goes_on(front: Front, *outcomes: Outcome) -> None:
    """Return once all clients have had more answers. Raises LoadError when they never have."""
    goals = [outcome.good + MORE for outcome in outcomes]
    until(
        lambda: all(outcome.good >= goal for outcome, goal in zip(outcomes, goals, strict=True)),
        f"{front.name}: clients are answered again",
    )


def judged(front: Front, asked: Outcome, ordered: Outcome) -> list[str]:
    """What may not be: another answer than the right one or an error of the proxy, an order lost or done twice."""
    wrong = asked.wrong + ordered.wrong
    statuses = {status for outcome in (asked, ordered) for status, _ in outcome.answers}
    statuses -= {200, *BROKEN.get(front.name, (502, 503, 504))}
    return [*wrong, *(f"status {status}" for status in sorted(statuses)), *miscounted(posted(front.site), ordered)]


def children(pid: int) -> list[int]:
    """The processes that a process has started, oldest first; those of a shell that became another are that one's."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir()) if pid else []
        return sorted(int(child) for task in tasks for child in (task / "children").read_text().split())
    except OSError:
        return []
