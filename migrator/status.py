"""How far a migration is: facts of manifest, switch and files on disk, put together for `migrate status`."""

import ast
import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codemods import debt
from codemods.parity import DIFFERENCES
from codemods.styles import EXACT_HELPERS, Style
from migrator.closure import imports
from migrator.evidence import objection, proof_objection
from migrator.files import digest_of, read_bytes
from migrator.groups import Group, groups
from migrator.manifest.model import Manifest, RouteEntry
from migrator.settings import Settings
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
            "shadow": self.entry.shadow,
            "served_by": self.served_by,
            "runtime": self.entry.runtime,
            "stale": self.stale,
            "group": self.entry.group,
            "evidence": None if self.entry.evidence is None else self.objection or "good",
            "findings": [finding.model_dump(mode="json") for finding in self.entry.findings],
        }


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """A converted schema: its style, on how many inputs it was compared with its class, and why that proves nothing, if
    so. `exact_since` tells why it is exact although the idiomatic style was chosen."""

    name: str
    classes: tuple[str, ...]
    file: str
    inputs: int
    objection: str | None
    style: Style = "exact"
    exact_since: str | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """A helper module in the target that keeps an old behaviour, with its own account of itself.

    `preserves` is why it is there, `without` what changes for clients once it is gone, `used_by` the generated modules
    that import it, relative to the project; a helper that only other helpers need names these. `switches` are the kinds
    of `[tool.migrate.parity]` that leave it less to do, or nothing; `styles` are the idiomatic style, where that does.
    """

    file: str
    summary: str
    preserves: str = ""
    without: str = ""
    used_by: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    styles: tuple[Style, ...] = ()


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
    groups: tuple[Group, ...] = ()
    schemas: tuple[SchemaStatus, ...] = ()

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
            "debt": [asdict(one) for one in self.debt],
            "edited": list(self.edited),
            "stale": None if self.stale is None else sorted(self.stale),
            "disagreements": list(self.disagreements),
            "groups": {one.name: one.keys for one in self.groups},
            "schemas": [asdict(one) for one in self.schemas],
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
    split = parted(routes)
    routes = tuple(replace(one, served_by="flask") if one.entry.group in split else one for one in routes)
    recorded = {
        **manifest.files,
        **{one.entry.output.file: one.entry.output.digest for one in routes if one.entry.output},
    }
    edited = tuple(sorted(path for path, digest in recorded.items() if digests[path] != digest))
    lines = tuple(disagreements(manifest, overrides))
    return Status(
        manifest.app, manifest.target, routes, debts(root, manifest.target), edited, stale, lines,
        tuple(groups(manifest)), proofs(manifest, settings),
    )  # fmt: skip


def proofs(manifest: Manifest, settings: Settings) -> tuple[SchemaStatus, ...]:
    """The converted schemas, sorted, and what is proved of each."""
    return tuple(
        SchemaStatus(
            name=name,
            classes=tuple(dict.fromkeys(one for one in (entry.load, entry.dump, entry.patch) if one)),
            file=entry.output.file,
            inputs=entry.proof.inputs if entry.proof else 0,
            objection=proof_objection(entry, settings),
            style=entry.style,
            exact_since=entry.exact_since,
        )
        for name, entry in sorted(manifest.schemas.items())
    )


def served_by(key: str, route: RouteEntry, overrides: dict[str, Override], digests: Mapping[str, str | None]) -> str:
    """`fastapi` where a gateway that starts now gives FastAPI a share of the route, else `flask`."""
    promoted = route.state in ("canary", "live") and effective_weight(key, route.weight, overrides) > 0
    loaded = route.output is not None and digests.get(route.output.file) == route.output.digest
    return "fastapi" if promoted and loaded and route.runtime != "flask" else "flask"


def parted(routes: Iterable[RouteStatus]) -> frozenset[str | None]:
    """The groups that no gateway gives to FastAPI, since not all of their routes are there for every client."""
    names = {one.entry.group for one in routes if one.served_by != "fastapi" or one.weight != 100}
    return frozenset(names - {None})


def debts(root: Path, target: str) -> tuple[Debt, ...]:
    """The helper modules in the target's `compat/`, sorted."""
    texts = {
        file.relative_to(root).as_posix(): read_bytes(file) or b""
        for file in sorted((root / target).rglob("*.py"))
        if "gateway" not in file.relative_to(root / target).parts
    }
    users: dict[str, list[str]] = {}
    for path, content in texts.items():
        with contextlib.suppress(SyntaxError, ValueError):
            for used in dict.fromkeys(imports(path, content, texts)):
                users.setdefault(used, []).append(path)
    folder = f"{target}/compat/"
    return tuple(
        account(path, content, users.get(path, []), folder)
        for path, content in texts.items()
        if path.startswith(folder) and not path.endswith("/__init__.py")
    )


def account(path: str, content: bytes, users: list[str], folder: str) -> Debt:
    """What a helper says of itself; of one that the team wrote or edited, the first line of its docstring."""
    used_by = tuple(one for one in users if not one.startswith(folder)) or tuple(users)
    try:
        text = content.decode()
        docstring = ast.get_docstring(ast.parse(text)) or ""
    except (SyntaxError, ValueError):
        return Debt(path, "cannot be read", used_by=used_by)
    try:
        note = debt.note(text, path)
    except ValueError:
        return Debt(path, docstring.partition("\n")[0], used_by=used_by)
    name = path.removeprefix(folder).removesuffix(".py")
    switches = tuple(one.name for one in DIFFERENCES.values() if name in one.helpers)
    styles: tuple[Style, ...] = ("idiomatic",) if name in EXACT_HELPERS else ()
    return Debt(path, note.summary, note.preserves, note.without, used_by, switches, styles)
