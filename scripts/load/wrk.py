"""wrk, which asks for one thing over and over on many connections and forgives nothing."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.load.clients import Asked

SCRIPT = Path(__file__).with_name("wrk.lua")
LONGEST = 3600
"""Seconds after which it ends by itself; before that it is told to."""


@dataclass
class Counted:
    """What came of its requests, once it has ended."""

    answers: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    unanswered: int = 0
    slowest: int = 0

    @property
    def total(self) -> int:
        """How many were answered rightly."""
        return sum(self.answers.values())

    def __str__(self) -> str:
        told = ", ".join(f"{count} × 200 {side}" for side, count in self.answers.items())
        return f"{told}, {self.unanswered} without an answer, the slowest in {self.slowest} ms"


@contextmanager
def asking(port: int, asked: Asked, connections: int) -> Iterator[Counted]:
    """So many connections on which the same is asked for while the block runs; each answer has to be its body."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("wrk is needed for the load: `apt-get install wrk`")
    command = [program, "--threads", "2", "--connections", str(connections), "--duration", f"{LONGEST}s"]
    command += ["--timeout", "30s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}{asked.path}"]
    command.append((asked.body or b"").decode())
    counted = Counted()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield counted
    finally:
        process.send_signal(signal.SIGINT)
        printed = process.communicate()[0]
    found = json.loads(printed.rpartition("\n{")[2].join(["{", ""]))
    counted.answers = {side: found[side] for side in ("fastapi", "flask")}
    counted.slowest = found["slowest"]
    if found["wrong"]:
        counted.wrong.append(f"{found['wrong']} answers are wrong, the last: {found['example']}")
    counted.unanswered = sum(found[kind] for kind in ("connect", "read", "write", "timeout"))
