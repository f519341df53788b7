"""What `migrate --help` costs beside a Python that does nothing."""

import sys
from pathlib import Path

from scripts.bench.ratio import Ratio, medians, migrate

ROUNDS = 15


def measure(cache: Path) -> list[Ratio]:
    """CPU time of `migrate --help` over that of `python -c pass`."""
    bare, shown = medians(ROUNDS, cache, [sys.executable, "-c", "pass"], migrate("--help"))
    return [
        Ratio("migrate --help / bare Python", shown / bare, f"{shown * 1e3:.0f} ms / {bare * 1e3:.0f} ms", limit=10)
    ]
