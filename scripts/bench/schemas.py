"""Converted schemas beside Marshmallow's own and beside models by hand, in both styles: loading and dumping a hundred
nested objects in one process, the memory that this takes, and the time of the proof that they agree.

Two goals are out of reach of any Pydantic model, and are measured against those by hand. Objects that Pydantic
validates before it shows them are dumped 3 to 4 times as fast as by Marshmallow, not 5 times; only what is a model
already is dumped 10 times as fast. And a loaded model has a set of its fields beside the dictionary of their values.

CPU time, the best of many turns: whatever else the machine does makes it slower, never faster.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.bench.ratio import Ratio, cpu_seconds, migrate

SITE = Path(__file__).with_name("people")
STYLE = '\n[tool.migrate.schema-styles]\ndefault = "idiomatic"\n'
LIMITS: Mapping[str, Mapping[str, float]] = {
    "exact": {"load": 3.8, "dump": 1.5},
    # An address is checked by email-validator, which takes more time than all of Marshmallow's fields.
    "idiomatic": {"load, addresses as texts": 12},
}
BY_HAND = 0.9
"""The least that an idiomatic schema may do of what a model by hand does in the same time."""
MEMORY = {("dump", "Marshmallow"): 1.0, ("load", "by hand"): 1.05}
"""The most that a converted schema may have in use, compared with one of the others."""
SCHEMAS = 2
INPUTS = 1000
PROOF = 5.0
"""Seconds for the proof of one schema."""


def measure(cache: Path) -> list[Ratio]:
    """Marshmallow's time for one of the converted schema, memory the other way round, and the seconds of a proof."""
    ratios: list[Ratio] = []
    for style in LIMITS:
        site = converted(cache, style)
        done = subprocess.run([sys.executable, "turns.py", style], cwd=site, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        for name, seconds in found["seconds"].items():
            ratios += times(style, name, seconds)
        for name, used in found["bytes"].items():
            ratios += memory(style, name, used)
        ratios.append(proof(site, style))
    return ratios


def times(style: str, name: str, seconds: Mapping[str, float]) -> Iterator[Ratio]:
    """How many times as fast as Marshmallow, and how fast beside models by hand."""
    old = seconds["Marshmallow"]
    for side, new in seconds.items():
        if side != "Marshmallow":
            detail = f"{old * 1e3:.2f} / {new * 1e3:.2f} ms for 100 items"
            limit = LIMITS[style].get(name) if side == style else None
            yield Ratio(f"Marshmallow / {side}, {name}", old / new, detail, "at least", limit)
    if "by hand" in seconds and style == "idiomatic":
        new, by_hand = seconds[style], seconds["by hand"]
        detail = f"{by_hand * 1e3:.2f} / {new * 1e3:.2f} ms for 100 items"
        yield Ratio(f"by hand / {style}, {name}", by_hand / new, detail, "at least", BY_HAND)


def memory(style: str, name: str, used: Mapping[str, int]) -> Iterator[Ratio]:
    """How many times as much is in use, at most, as with the others."""
    for other in ("Marshmallow", "by hand"):
        detail = f"{used[style] / 1e3:.0f} / {used[other] / 1e3:.0f} kB for 100 items"
        limit = MEMORY.get((name, other))
        yield Ratio(f"memory of {style} / {other}, {name}", used[style] / used[other], detail, limit=limit)


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
