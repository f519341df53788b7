"""`make load`: promotions under load, processes that are killed, and bodies larger than memory. Exit 1 on a failure.

Each trial is done on the gateway, with Flask in its process and in one of its own, and on each proxy that is installed:
`python -m scripts.load switching killing nginx` does some trials on some of these. Nothing here is measured in seconds:
what counts is that no request is lost, none is done twice, and memory stays bounded.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from proxy.engines import ENGINES
from scripts.load.fronts import Front, LoadError, fronts
from scripts.load.killing import killing
from scripts.load.large import large
from scripts.load.switching import switching

TRIALS: dict[str, Callable[[Front], list[str]]] = {"switching": switching, "killing": killing, "large": large}
CACHE = Path(__file__).parents[2] / ".cache" / "engines"
INSTALLED = [*CACHE.glob("*/*/_bin"), *CACHE.glob("*/bin")]
"""Where the tests install proxies that the system does not have."""


def main(names: list[str]) -> int:
    """Do the trials named, or all, on the fronts named, or all."""
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, INSTALLED)])
    found = fronts()
    trials = [name for name in names if name in TRIALS] or list(TRIALS)
    wanted = [name for name in names if name not in TRIALS] or list(found)
    for name in set(ENGINES) - set(found):
        print(f"there is no {name} here", flush=True)
    results = [done(trial, name, found[name]) for name in wanted for trial in trials]
    return 0 if all(results) else 1


def done(trial: str, name: str, front: Callable[[Path], object]) -> bool:
    """Do one trial on one front, and print what came of it; whether all is well."""
    with tempfile.TemporaryDirectory(prefix="migrate-load-") as folder:
        Path(folder).chmod(0o755)  # nginx's workers are another user
        print(f"       {name}: {trial}", flush=True)
        try:
            with front(Path(folder)) as running:
                problems = TRIALS[trial](running)
        except LoadError as error:
            problems = [str(error)]
    print(f"{'FAILED' if problems else 'ok    '} {name}: {trial}", flush=True)
    for problem in problems:
        print(f"       {problem}", flush=True)
    return not problems


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
