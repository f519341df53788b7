"""Converted schemas beside Marshmallow's own, in both styles: loading and dumping a hundred nested objects in one
process, the memory that this takes, and the time of the proof that they agree.

CPU time, the best of many turns: whatever else the machine does makes it slower, never faster.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.bench.ratio import Ratio, cpu_seconds, migrate

SITE = Path(__file__).with_name("people")
STYLE = '\n[tool.migrate.schema-styles]\ndefault = "idiomatic"\n'
LIMITS: Mapping[str, Mapping[str, float]] = {
    "exact": {"load": 3.8, "dump": 1.5},
    # An address is checked by email-validator, which takes more time than all of Marshmallow's fields.
    "idiomatic": {"load, addresses as texts": 12, "dump": 5},
}
SCHEMAS = 2
INPUTS = 1000
PROOF = 5.0
"""Seconds for the proof of one schema."""


def measure(cache: Path) -> list[Ratio]:
    """Marshmallow's time for one of the converted schema, memory the other way round, and the seconds of a proof."""
    ratios = []
    for style, limits in LIMITS.items():
        site = converted(cache, style)
        done = subprocess.run([sys.executable, "turns.py", style], cwd=site, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        for name, (old, new) in found["seconds"].items():
            detail = f"{old * 1e3:.2f} / {new * 1e3:.2f} ms for 100 items"
            ratios.append(Ratio(f"Marshmallow / {style}, {name}", old / new, detail, "at least", limits.get(name)))
        for name, (old, new) in found["bytes"].items():
            detail = f"{new / 1e3:.0f} / {old / 1e3:.0f} kB for 100 items"
            ratios.append(Ratio(f"memory of {style} / Marshmallow, {name}", new / old, detail, limit=1.0))
        ratios.append(proof(site, style))
    return ratios


def converted(cache: Path, style: str) -> Path:
    """The application with its schemas, converted in one style."""
    site = cache / f"people-{style}"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    subprocess.run(migrate("init", "--app", "people:app"), cwd=site, check=True, capture_output=True)
    if style != "exact":
        with (site / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(STYLE)
    subprocess.run(migrate("apply", "--all"), cwd=site, check=True, capture_output=True)
    return site


def proof(site: Path, style: str) -> Ratio:
    """The CPU seconds of comparing one schema on a thousand inputs, without those of the start."""
    verify = migrate("verify", "--schemas", "--seed", "1", "--inputs")
    few, many = (cpu_seconds([*verify, str(count)], site) for count in (1, INPUTS))
    detail = f"{INPUTS} inputs for each of {SCHEMAS} schemas"
    return Ratio(f"seconds for the proof of one schema, {style}", (many - few) / SCHEMAS, detail, limit=PROOF)
