"""A converted schema beside Marshmallow's own: loading and dumping a hundred nested objects, in one process.

CPU time, the best of many turns: whatever else the machine does makes it slower, never faster.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.bench.ratio import Ratio, migrate

SITE = Path(__file__).with_name("people")
LIMITS = {"load": 3.8, "load to dictionaries": None, "load of wrong data": None, "dump": 1.5}


def measure(cache: Path) -> list[Ratio]:
    """The time of Marshmallow for one of the converted schema, for each of the ways that it is used."""
    site = cache / "people"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    for step in (["init", "--app", "people:app"], ["apply", "--all"]):
        subprocess.run(migrate(*step), cwd=site, check=True, capture_output=True)
    done = subprocess.run([sys.executable, "turns.py"], cwd=site, check=True, capture_output=True, text=True)
    ratios = []
    for name, (old, new) in json.loads(done.stdout).items():
        detail = f"{old * 1e3:.2f} / {new * 1e3:.2f} ms for 100 items"
        ratios.append(Ratio(f"Marshmallow / converted schema, {name}", old / new, detail, "at least", LIMITS[name]))
    return ratios
