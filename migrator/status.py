"""How far a migration is: facts of manifest, switch and files on disk, put together for `migrate status`."""

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.evidence import objection
from migrator.files import digest_of, read_bytes
from migrator.manifest.model import Manifest, RouteEntry
from migrator.switch import Override, disagreements, effective_weight, read_switch
from migrator.workspace import settings_of


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """One route: what the manifest says of it, who serves it, and whether its evidence still counts."""

    key: str
    blueprint: str
    entry: RouteEntry
    weight: int
    served_by: str
    stale: bool
    objection: str | None

    def document(self) -> dict[str, Any]:
        """The route as scripts get it."""
        return {
            "rule": self.entry.rule,
            "methods": [self.entry.method],
            "endpoint": self.entry.endpoint,
            "blueprint": self.blueprint,
            "state": self.entry.state,
            "weight": self.weight,
            "served_by": self.served_by,
            "runtime": self.entry.runtime,
            "stale": self.stale,
            "evidence": None if self.entry.evidence is None else self.objection or "good",
            "findings": [finding.model_dump(mode="json") for finding in self.entry.findings],
        }


@dataclass(frozen=True, slots=True)
class Debt:
    """A helper module in the target that keeps an old behaviour, with the first line of what it says of itself."""

    file: str
    summary: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `migrate status` shows. `stale` is None when that could not be found out."""

    app: str
    target: str
    routes: tuple[RouteStatus, ...]
    debt: tuple[Debt, ...]
    edited: tuple[str, ...]
    stale: frozenset[str] | None
    disagreements: tuple[str, ...]

    def counts(self, blueprint: str | None = None) -> Counter[str]:
        """How many routes are in each state, served by each side (`fastapi`, `flask`), and there are (`routes`)."""
        routes = [one for one in self.routes if blueprint is None or one.blueprint == blueprint]
        return Counter(
            [one.entry.state for one in routes] + [one.served_by for one in routes] + ["routes"] * len(routes)
        )

    def blueprints(self) -> list[str]:
        """The blueprints that have routes, sorted."""
        return sorted({one.blueprint for one in self.routes})

    def document(self) -> dict[str, Any]:
        """The status as scripts get it."""
        return {
            "app": self.app,
            "target": self.target,
            "routes": [one.document() for one in self.routes],
            "totals": dict(sorted(self.counts().items())),
            "blueprints": {name: dict(sorted(self.counts(name).items())) for name in self.blueprints()},
            "debt": [{"file": one.file, "summary": one.summary} for one in self.debt],
            "edited": list(self.edited),
            "stale": None if self.stale is None else sorted(self.stale),
            "disagreements": list(self.disagreements),
        }


def read_status(root: Path, manifest: Manifest, stale: frozenset[str] | None) -> Status:
    """Put the status together. `stale` are the endpoints whose source changed, None where that is not known."""
    overrides = read_switch(root)
    settings = settings_of(root, manifest)
    digests: dict[str, str | None] = {}
    for path in {route.output.file for _, _, route in manifest.routes() if route.output} | set(manifest.files):
        content = read_bytes(root / path)
        digests[path] = None if content is None else digest_of(content)
    routes = tuple(
        RouteStatus(
            key=key,
            blueprint=blueprint,
            entry=route,
            weight=effective_weight(key, route.weight, overrides),
            served_by=served_by(key, route, overrides, digests),
            stale=route.endpoint in (stale or ()),
            objection=objection(route, settings),
        )
        for blueprint, key, route in manifest.routes()
    )
    recorded = {
        **manifest.files,
        **{one.entry.output.file: one.entry.output.digest for one in routes if one.entry.output},
    }
    edited = tuple(sorted(path for path, digest in recorded.items() if digests[path] != digest))
    lines = tuple(disagreements(manifest, overrides))
    return Status(manifest.app, manifest.target, routes, debts(root, manifest.target), edited, stale, lines)


def served_by(key: str, route: RouteEntry, overrides: dict[str, Override], digests: Mapping[str, str | None]) -> str:
    """`fastapi` where a gateway that starts now gives FastAPI a share of the route, else `flask`."""
    promoted = route.state in ("canary", "live") and effective_weight(key, route.weight, overrides) > 0
    loaded = route.output is not None and digests.get(route.output.file) == route.output.digest
    return "fastapi" if promoted and loaded and route.runtime != "flask" else "flask"


def debts(root: Path, target: str) -> tuple[Debt, ...]:
    """The helper modules in the target's `compat/`, sorted."""
    found = []
    for file in sorted((root / target / "compat").glob("*.py")):
        if file.name == "__init__.py":
            continue
        try:
            text = ast.get_docstring(ast.parse(file.read_bytes())) or ""
        except (OSError, SyntaxError, ValueError):
            text = "cannot be read"
        found.append(Debt(file.relative_to(root).as_posix(), next(iter(text.splitlines()), "")))
    return tuple(found)
