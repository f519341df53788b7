"""The gateway on the loopback: beside gunicorn with Flask routes of several kinds, and beside its own FastAPI routes.

In each of the rounds the servers are started anew and loaded in short turns, so that both sides of a ratio have the
same machine; the turn of a round that cost least counts. The gateway logs and counts, as in production.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from scripts.bench.load import get, post
from scripts.bench.ratio import Ratio
from scripts.bench.servers import GUNICORN, UVICORN, migrated, one_turn, serving

ROUNDS = 3
TURNS = 10
SECONDS = 0.25
KINDS = {
    "small JSON": ([get("/legacy/7")], 1.7),
    "100 kB": ([get("/legacy/page")], 0.9),
    "stream of 20 pieces": ([get("/legacy/stream")], 0.9),
    "stream of 640 kB": ([get("/legacy/large/655360")], 0.9),
    "upload of 1 MB": ([post("/legacy/upload", b"x" * 1_000_000)], 0.9),
}
"""What is asked of Flask, through the gateway and of gunicorn, and the least ratio of both."""


def measure(cache: Path) -> Iterator[Ratio]:
    """The gateway's ratios, and what it costs a converted route, as they are measured."""
    site = migrated(cache, "show_item")
    gateway = [*UVICORN, "fastapi_app.asgi:app"]
    gunicorn = [*GUNICORN, "--log-level", "error", "shopfront:app"]
    observed = {"MIGRATE_ACCESS_LOG": str(site / "access.log"), "MIGRATE_TRAFFIC": str(site / "traffic.sqlite")}
    observed["MIGRATE_METRICS"] = "/-/metrics"
    for kind, (requests, limit) in KINDS.items():
        figures = costs(site, requests, (gateway, observed), (gunicorn, {}))
        yield _ratio(f"gateway / gunicorn gthread, {kind} (CPU)", *figures, limit)
    items = [get(f"/items/{number}") for number in range(1_000)]
    for rules in (10, 2000):
        environment = {"BENCH_RULES": str(rules)}
        figures = costs(site, items, (gateway, environment), ([*UVICORN, "fastapi_app.main:app"], environment))
        yield _ratio(f"dispatcher + FastAPI route / route, {rules} rules (CPU)", *figures, 0.93)
    through, by_hand = costs(site, items, (gateway, {}), ([*UVICORN, "by_hand:app"], {}))
    yield _ratio("converted route through the gateway / by hand (CPU)", through, by_hand, None)


def costs(
    site: Path, requests: Sequence[bytes], *servers: tuple[list[str], Mapping[str, str]]
) -> tuple[list[float], list[float]]:
    """CPU seconds of a request to two servers, with their environments, round by round."""
    figures: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            running = [stack.enter_context(serving(site, *server)) for server in servers]
            for server in running:
                one_turn(server, requests, SECONDS)
            found: tuple[list[float], list[float]] = ([], [])
            for number in range(TURNS):
                for index in (0, 1) if number % 2 else (1, 0):
                    found[index].append(one_turn(running[index], requests, SECONDS).cpu)
            for index in (0, 1):
                figures[index].append(min(found[index]))
    return figures


def _ratio(name: str, costs: list[float], bases: list[float], limit: float | None) -> Ratio:
    """How many times as much the first does in the same time."""
    value = median(base / one for one, base in zip(costs, bases, strict=True))
    detail = f"{median(costs) * 1e6:.0f} / {median(bases) * 1e6:.0f} µs"
    return Ratio(name, value, detail, bound="at least", limit=limit)
