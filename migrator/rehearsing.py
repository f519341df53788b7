"""Runs a proxy for as long as it takes to ask it about its configuration."""

import contextlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from migrator.errors import MigrateError
from migrator.programs import find_program
from migrator.serving import free_port
from proxy.engines.rehearsal import Rehearsal

PATIENCE = 30
"""Seconds that a proxy has to start and to read its files."""


def rehearse(rehearsal: Rehearsal) -> tuple[str, ...]:
    """What the proxy says against its configuration.

    Raises MigrateError when it is not installed here, or says nothing at all.
    """
    name = rehearsal.command[0]
    program = find_program(name)
    if program is None:
        raise MigrateError(f"{name} is not installed here: it cannot be asked about the configuration")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="migrate-rehearsal-") as own:
        file = Path(own) / "configuration.yml"
        file.write_text(rehearsal.configuration.replace("{port}", str(port)), "utf-8")
        command = [program, *(word.replace("{file}", str(file)) for word in rehearsal.command[1:])]
        return watch(rehearsal, port, command, Path(own) / "log")


def watch(rehearsal: Rehearsal, port: int, command: list[str], log: Path) -> tuple[str, ...]:
    """What a proxy says against its configuration, or writes. Raises MigrateError when it does neither."""
    with running(command, log) as process:
        for _ in range(PATIENCE * 20):
            has_ended = process.poll() is not None
            if said := log.read_text("utf-8", "replace").strip():
                return tuple(said.splitlines())
            if has_ended:
                return (f"it has ended with {process.returncode}",)
            found = rehearsal.judge(text) if (text := answer(port, rehearsal.path)) else None
            if found is not None:
                return found
            time.sleep(0.05)
    raise MigrateError(f"{rehearsal.command[0]} says nothing about the configuration for {PATIENCE} s")


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that writes into a file; it ends with the context."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=log.parent, stdout=stream, stderr=stream)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def answer(port: int, path: str) -> str | None:
    """What is answered at a port, None as long as nothing is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as response:
            text: str = response.read().decode("utf-8", "replace")
            return text
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None
