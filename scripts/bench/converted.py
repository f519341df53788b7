"""Routes that the tool has converted beside the same written by hand, and beside Flask under gunicorn.

In each of the rounds all servers are started anew and loaded in short turns; the best turn of a round counts.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from scripts.bench.load import get
from scripts.bench.ratio import Ratio
from scripts.bench.servers import GUNICORN, UVICORN, Turn, megabytes, migrated, one_turn, serving

ROUNDS = 5
TURNS = 6
SECONDS = 0.4
ROUTES = {"async route": "/items/7", "sync route": "/prices/7", "template page": "/catalogue"}
SERVERS = {
    "converted": [*UVICORN, "fastapi_app.main:app"],
    "by hand": [*UVICORN, "by_hand:app"],
    "flask": [*GUNICORN, "--log-level", "error", "shopfront:app"],
}


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
                    turns[name].append(one_turn(running[name], [get(path)], SECONDS))
            for name, (_, *counted) in turns.items():
                found = figures[name, route]
                found.cpu.append(min(one.cpu for one in counted))
                found.rate.append(max(one.rate for one in counted))
                found.memory.append(megabytes(running[name].pid))


def _compared(
    name: str, values: list[float], bases: list[float], scale: float, unit: str, limit: float | None = None
) -> Ratio:
    value = median(one / base for one, base in zip(values, bases, strict=True))
    detail = f"{median(values) * scale:.0f} / {median(bases) * scale:.0f} {unit}"
    return Ratio(name, value, detail, bound="at least", limit=limit)
