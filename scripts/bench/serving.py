"""The gateway on the loopback: beside gunicorn with Flask routes of several kinds, and beside its own FastAPI routes.

In each of the rounds the servers are started anew and loaded in short turns, one process each, so that both sides of a
ratio have the same machine; the best turn of a round counts. The gateway logs and counts, as in production.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench.load import get, load, post
from scripts.bench.ratio import Ratio, migrate

SITE = Path(__file__).parent / "site"
ROUNDS = 5
TURNS = 4
SECONDS = 0.5
STARTUP_SECONDS = 20
UVICORN = ["-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port", "{port}"]
GUNICORN = ["-m", "gunicorn", "-k", "gthread", "--threads", "10", "-w", "1", "-b", "127.0.0.1:{port}"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that accepts connections."""

    port: int
    pid: int


KINDS = {
    "small JSON": ([get("/legacy/7")], 1.7),
    "100 kB": ([get("/legacy/page")], 0.9),
    "stream of 20 pieces": ([get("/legacy/stream")], 0.9),
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
        figures = rates(site, requests, (gateway, observed), (gunicorn, {}))
        yield _ratio(f"gateway / gunicorn gthread, {kind} (req/s)", *figures, limit)
    items = [get(f"/items/{number}") for number in range(1_000)]
    for rules in (10, 2000):
        environment = {"BENCH_RULES": str(rules)}
        figures = rates(site, items, (gateway, environment), ([*UVICORN, "fastapi_app.main:app"], environment))
        yield _ratio(f"dispatcher + FastAPI route / route, {rules} rules", *figures, 0.93)
    through, by_hand = rates(site, items, (gateway, {}), ([*UVICORN, "by_hand:app"], {}))
    yield _ratio("converted route through the gateway / by hand", through, by_hand, None)


def migrated(cache: Path, *endpoints: str) -> Path:
    """A fresh copy of the site with these endpoints moved and the others on Flask."""
    site = cache / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    steps = ["init", "--app", "shopfront:app"], ["apply", *endpoints], ["promote", *endpoints, "--unverified"]
    for step in steps:
        subprocess.run(migrate(*step), cwd=site, check=True, capture_output=True)
    return site


def rates(
    site: Path, requests: Sequence[bytes], *servers: tuple[list[str], Mapping[str, str]]
) -> tuple[list[float], list[float]]:
    """Requests a second of two servers, with their environments, round by round."""
    figures: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            running = [stack.enter_context(serving(site, *server)) for server in servers]
            best = [0.0, 0.0]
            for number in range(TURNS):
                for index in (0, 1) if number % 2 else (1, 0):
                    answered, took = asyncio.run(load(running[index].port, requests, SECONDS))
                    best[index] = max(best[index], answered / took)
            for index in (0, 1):
                figures[index].append(best[index])
    return figures


@contextmanager
def serving(site: Path, command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server as a child process, once it accepts connections. Ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [part.format(port=port) for part in command]
    variables = {**os.environ, **(environment or {})}
    server = subprocess.Popen([sys.executable, *arguments], cwd=site, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    server.kill()
                    raise RuntimeError(f"{arguments} did not start: {server.communicate()[1][-600:]}") from None
                time.sleep(0.05)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _ratio(name: str, values: list[float], bases: list[float], limit: float | None) -> Ratio:
    value = median(one / base for one, base in zip(values, bases, strict=True))
    return Ratio(name, value, f"{median(values):.0f} / {median(bases):.0f}", bound="at least", limit=limit)
