"""Throughput on the loopback: the gateway beside gunicorn with a Flask route, and beside a route by hand.

Servers take turns, one process each, so that both sides of a ratio have the same machine.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench.ratio import Ratio, migrate

SITE = Path(__file__).parent / "site"
ROUNDS = 7
SECONDS = 1.5
STARTUP_SECONDS = 20
UVICORN = ["-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port", "{port}"]
GUNICORN = ["-m", "gunicorn", "-k", "gthread", "--threads", "10", "-w", "1", "-b", "127.0.0.1:{port}"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that accepts connections."""

    port: int
    pid: int


def measure(cache: Path) -> list[Ratio]:
    """The gateway's ratio, and what it costs a converted route; each the median of the ratios of the rounds."""
    site = migrated(cache, "show_item")
    legacy, item = "/legacy/7", "/items/7"
    gateway, gunicorn = throughput(
        site,
        ([*UVICORN, "fastapi_app.asgi:app"], legacy),
        ([*GUNICORN, "--log-level", "error", "shopfront:app"], legacy),
    )
    through, by_hand = throughput(
        site,
        ([*UVICORN, "fastapi_app.asgi:app"], item),
        ([*UVICORN, "by_hand:app"], item),
    )
    return [
        _ratio("gateway / gunicorn gthread, a Flask route (req/s)", gateway, gunicorn, 1.5),
        _ratio("converted route through the gateway / by hand", through, by_hand, None),
    ]


def migrated(cache: Path, *endpoints: str) -> Path:
    """A fresh copy of the site with these endpoints moved and the others on Flask."""
    site = cache / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    steps = ["init", "--app", "shopfront:app"], ["apply", *endpoints], ["promote", *endpoints, "--unverified"]
    for step in steps:
        subprocess.run(migrate(*step), cwd=site, check=True, capture_output=True)
    return site


def throughput(site: Path, *servers: tuple[list[str], str]) -> list[list[float]]:
    """Requests a second of each server and path, round by round, measured in turns."""
    figures: list[list[float]] = [[] for _ in servers]
    for _ in range(ROUNDS):
        for index, (command, path) in enumerate(servers):
            with serving(site, command) as server:
                load = [sys.executable, "-m", "scripts.bench.load", str(server.port), path, str(SECONDS)]
                root = Path(__file__).resolve().parents[2]
                done = subprocess.run(load, cwd=root, check=True, capture_output=True, text=True)
                figures[index].append(float(done.stdout))
    return figures


@contextmanager
def serving(site: Path, command: list[str]) -> Iterator[Server]:
    """A server as a child process, once it accepts connections. Ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [part.format(port=port) for part in command]
    server = subprocess.Popen([sys.executable, *arguments], cwd=site, stderr=subprocess.PIPE, text=True)
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
