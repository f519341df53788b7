"""A ratio with its limit, and the CPU time of a child process."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ratio:
    """What was measured, as a ratio of two figures of one run. Without a limit it only informs."""

    name: str
    value: float
    detail: str
    bound: Literal["at most", "at least"] = "at most"
    limit: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the ratio keeps its limit."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.bound == "at most" else self.value >= self.limit

    def __str__(self) -> str:
        wanted = f"{self.bound} {self.limit:g}: {'ok' if self.holds else 'MISSED'}" if self.limit is not None else ""
        return f"{self.name:52} {self.value:6.2f}  {wanted:20} ({self.detail})"


def cpu_seconds(command: Sequence[str | Path], directory: Path) -> float:
    """User and system time of a command and its children. Raises RuntimeError, with its last words, when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(list(map(str, command)), cwd=directory, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(rounds: int, directory: Path, *commands: Sequence[str | Path]) -> list[float]:
    """The median CPU time of each command, run in turns so that a slow moment hits all of them."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for index, command in enumerate(commands):
            times[index].append(cpu_seconds(command, directory))
    return [median(ones) for ones in times]


def migrate(*arguments: str) -> list[str]:
    """The command line of `migrate`, with this interpreter."""
    return [str(Path(sys.executable).with_name("migrate")), *arguments]
