"""Servers that are started for a measurement, and what a request costs them.

What counts is the CPU time of a request, which is the throughput of a server that has a processor to itself: whatever
else the machine does makes it slower, never faster. Needs Linux's `/proc`.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.load import load
from scripts.bench.ratio import migrate

SITE = Path(__file__).parent / "site"
STARTUP_SECONDS = 60
UVICORN = ["-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port", "{port}"]
GUNICORN = ["-m", "gunicorn", "-k", "gthread", "--threads", "10", "-w", "1", "-b", "127.0.0.1:{port}"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that accepts connections."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Turn:
    """CPU seconds of a request, and requests a second, while one server was loaded for a moment."""

    cpu: float
    rate: float


def migrated(cache: Path, *endpoints: str) -> Path:
    """A fresh copy of the site with these endpoints moved and the others on Flask."""
    site = cache / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    steps = ["init", "--app", "shopfront:app"], ["apply", *endpoints], ["promote", *endpoints, "--unverified"]
    for step in steps:
        subprocess.run(migrate(*step), cwd=site, check=True, capture_output=True)
    return site


@contextmanager
def serving(site: Path, command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server as a child process, once it accepts connections. Ended at the end."""
    port = free_port()
    arguments = [sys.executable, *(part.format(port=port) for part in command)]
    with running(arguments, site, port, environment) as server:
        yield server


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], directory: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A child process, once it accepts connections at a port. Ended at the end."""
    variables = {**os.environ, **(environment or {})}
    with tempfile.TemporaryFile("w+") as words:  # a pipe that nobody reads would stop what logs
        server = subprocess.Popen(command, cwd=directory, env=variables, stdout=subprocess.DEVNULL, stderr=words)
        try:
            deadline = time.monotonic() + STARTUP_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > deadline:
                        words.seek(0)
                        raise RuntimeError(f"{command} did not start: {words.read()[-600:]}") from None
                    time.sleep(0.05)
            yield Server(port, server.pid)
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def one_turn(server: Server, requests: Sequence[bytes], seconds: float) -> Turn:
    """Load a server for a moment."""
    answered = 0
    while not answered:  # a worker may still be starting
        before = cpu_of(server.pid)
        answered, took = asyncio.run(load(server.port, requests, seconds, warm_up=0))
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
