"""What the tool asks of a run, handed over as a JSON file named by an environment variable."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "MIGRATE_VERIFY_OPTIONS"


@dataclass(frozen=True)
class Options:
    """One run.

    `mode` is `flask` or `gateway`; `out` a folder in which every process of the run writes one file. `endpoints` and
    `routes` are those that the run serves on FastAPI, by the copy of the manifest at `manifest`.
    What is drawn at random follows from `seed`.
    `twins` maps a legacy file, relative to `root`, to the target's modules made of it.
    """

    mode: str
    root: Path
    out: Path
    seed: str = ""
    target: str = ""
    target_path: str = ""
    endpoints: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    twins: dict[str, list[str]] = field(default_factory=dict)
    manifest: Path = Path()
    app: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)


def read_options() -> Options:
    """The options of this process. Raises KeyError where the variable is missing, OSError for an unreadable file."""
    document = json.loads(Path(os.environ[VARIABLE]).read_text("utf-8"))
    return Options(
        mode=document["mode"],
        root=Path(document["root"]),
        out=Path(document["out"]),
        seed=document.get("seed", ""),
        target=document.get("target", ""),
        target_path=document.get("target_path", ""),
        endpoints=frozenset(document.get("endpoints", ())),
        routes=frozenset(document.get("routes", ())),
        twins=document.get("twins", {}),
        manifest=Path(document.get("manifest", "")),
        app=document.get("app", ""),
        requests=document.get("requests", []),
    )
