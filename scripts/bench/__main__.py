"""`make bench`: ratios, each measured against something known in the same run. Exit 1 when one misses its limit.

`python -m scripts.bench plan startup` runs some of them.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.bench import applying, converted, engines, plan, schemas, serving, startup
from scripts.bench.ratio import Ratio

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "bench"
BENCHES: dict[str, Callable[[Path], Iterable[Ratio]]] = {
    "plan": plan.measure,
    "startup": startup.measure,
    "serving": serving.measure,
    "engines": engines.measure,
    "converted": converted.measure,
    "applying": applying.measure,
    "schemas": schemas.measure,
}


def main(names: list[str]) -> int:
    """Run the benches named, or all; print a line for each ratio."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench '{unknown[0]}': there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    CACHE.mkdir(parents=True, exist_ok=True)
    print(f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()} processors", flush=True)
    ratios = []
    for name in names or BENCHES:
        for ratio in BENCHES[name](CACHE):
            print(ratio, flush=True)
            ratios.append(ratio)
    return 0 if all(ratio.holds for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
