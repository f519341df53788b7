"""Routes that the tool has converted beside the same written by hand, and beside Flask under gunicorn.

In each of the rounds all servers are started anew and loaded in short turns. What counts is the CPU time of a request,
which is the throughput of a server that has a processor to itself, in the best turn of a round: whatever else the
machine does makes it slower, never faster. Needs Linux's `/proc`.
"""

import asyncio
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from scripts.bench.load import get, load
from scripts.bench.ratio import Ratio
from scripts.bench.serving import GUNICORN, UVICORN, Server, migrated, serving

ROUNDS = 5
TURNS = 6
SECONDS = 0.4
ROUTES = {"async route": "/items/7", "sync route": "/prices/7", "template page": "/catalogue"}
SERVERS = {
    "converted": [*UVICORN, "fastapi_app.main:app"],
    "by hand": [*UVICORN, "by_hand:app"],
    "flask": [*GUNICORN, "--log-level", "error", "shopfront:app"],
}


@dataclass(frozen=True, slots=True)
class Turn:
    """CPU seconds of a request, and requests a second, while one server was loaded for a moment."""

    cpu: float
    rate: float


@dataclass(slots=True)
class Figures:
    """What one server did, round by round."""

    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def measure(cache: Path) -> list[Ratio]:
    """For each kind of route the ratio to the one by hand and to Flask, and the memory after all of them."""
    site = migrated(cache, "show_item", "show_price", "show_catalogue")
    figures = {(server, route): Figures() for server in SERVERS for route in ROUTES}
    for _ in range(ROUNDS):
        one_round(site, figures)
    ratios = []
    for route in ROUTES:
        converted, by_hand, flask = (figures[server, route] for server in SERVERS)
        ratios += [_compared(f"converted {route} / by hand (CPU)", by_hand.cpu, converted.cpu, 1e6, "µs", 0.95)]
        ratios += [_compared(f"converted {route} / gunicorn gthread (req/s)", converted.rate, flask.rate, 1, "req/s")]
    last = list(ROUTES)[-1]
    kept, base = (median(figures[server, last].memory) for server in ("converted", "by hand"))
    memory = Ratio("memory of the FastAPI process / by hand", kept / base, f"{kept:.0f} / {base:.0f} MB", limit=1.2)
    return [*ratios, memory]


def one_round(site: Path, figures: dict[tuple[str, str], Figures]) -> None:
    """Start all servers and load each in turns, the other way round every second turn."""
    with ExitStack() as stack:
        running = {name: stack.enter_context(serving(site, command)) for name, command in SERVERS.items()}
        for route, path in ROUTES.items():
            turns: dict[str, list[Turn]] = {name: [] for name in SERVERS}
            for number in range(TURNS + 1):
                for name in list(SERVERS)[:: -1 if number % 2 else 1]:
                    turns[name].append(one_turn(running[name], path))
            for name, (_, *counted) in turns.items():
                found = figures[name, route]
                found.cpu.append(min(one.cpu for one in counted))
                found.rate.append(max(one.rate for one in counted))
                found.memory.append(megabytes(running[name].pid))


def one_turn(server: Server, path: str) -> Turn:
    """Load a server for a moment."""
    before = cpu_of(server.pid)
    answered, took = asyncio.run(load(server.port, [get(path)], SECONDS, warm_up=0))
    return Turn((cpu_of(server.pid) - before) / answered, answered / took)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, of its threads and of the children it started, so far."""
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    own = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    return own + sum(cpu_of(int(child)) for child in children)


def megabytes(pid: int) -> float:
    """The memory that a process has in use, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _compared(
    name: str, values: list[float], bases: list[float], scale: float, unit: str, limit: float | None = None
) -> Ratio:
    value = median(one / base for one, base in zip(values, bases, strict=True))
    detail = f"{median(values) * scale:.0f} / {median(bases) * scale:.0f} {unit}"
    return Ratio(name, value, detail, bound="at least", limit=limit)
