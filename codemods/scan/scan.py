"""The scan: sources, and the live application's inventory where there is one, to one immutable `Project`."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from codemods.findings import Finding
from codemods.model import Project

from .attribution import Attribution
from .collector import Collector
from .definitions import RawModule, build
from .diagnostics import NOT_REGISTERED
from .files import ModuleFile, module_files, parse, speaks_of_flask
from .link import link, names_of
from .live import Live
from .objects import Objects
from .reconcile import reconcile
from .routes import StaticRoutes


def scan(sources: Mapping[str, bytes], app: str, live: Mapping[str, object] | None = None) -> Project:
    """Everything that the source and, if asked, the running application say.

    `sources` are the project's files by path relative to its root; `app` is what `flask --app` takes; `live` is an
    inventory document. Pure. What cannot be read or followed is a finding; nothing is raised for the user's code.
    """
    loaded = cast(Mapping[str, str], live["modules"]) if live else {}
    files = module_files(sources, app, loaded)
    with collection_paused():
        return _scan(sources, files, app, live)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Without the cyclic garbage collector, which would go through millions of syntax nodes again and again.

    They have no cycles, and those of the scopes are broken by hand. Measured on 200,000 lines: half of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _scan(
    sources: Mapping[str, bytes], files: Mapping[str, ModuleFile], app: str, live: Mapping[str, object] | None
) -> Project:
    loaded = cast(Mapping[str, str], live["modules"]) if live else {}
    raws, findings = read(sources, files, starts(sources, files, app, loaded))
    try:
        return _joined(raws, findings, app, live)
    finally:
        for raw in raws.values():
            raw.top.dissolve()


def _joined(
    raws: Mapping[str, RawModule], findings: Sequence[Finding], app: str, live: Mapping[str, object] | None
) -> Project:
    names = names_of(raws)
    objects = Objects.find(raws, names)
    static = StaticRoutes(objects, app).project()
    modules = link(raws, names)
    if live is None:
        return replace(static, modules=modules, findings=(*findings, *static.findings))
    reader = Live(live, Attribution(raws, names, objects), static)
    endpoints, more = reconcile(reader.endpoints(), static)
    blueprints = tuple(reader.blueprints())
    known = {blueprint.variable for blueprint in blueprints}
    more = [
        finding for finding in more if not (finding.diagnostic is NOT_REGISTERED and finding.detail.strip("'") in known)
    ]
    return Project(
        application=reader.application(app),
        modules=modules,
        blueprints=blueprints,
        endpoints=tuple(endpoints),
        hooks=tuple(reader.hooks()),
        error_handlers=tuple(reader.error_handlers()),
        findings=(*findings, *reader.findings(), *more),
        live=True,
    )


def starts(sources: Mapping[str, bytes], files: Mapping[str, ModuleFile], app: str, loaded: Iterable[str]) -> list[str]:
    """The modules to begin with: the application's and all that are loaded; without it, all that speak of Flask."""
    module = app.partition(":")[0].removesuffix(".py").replace("/", ".")
    if module not in files:
        module = module.removeprefix("src.")
    first = [name for name in (module, *loaded) if name in files]
    return first or [name for name, file in files.items() if speaks_of_flask(sources[file.file])]


def read(
    sources: Mapping[str, bytes], files: Mapping[str, ModuleFile], first: Iterable[str]
) -> tuple[dict[str, RawModule], list[Finding]]:
    """The modules that can matter: those to begin with and all of the project that these import, directly or not.

    Where one of them imports by a computed name, every file that speaks of Flask is read as well.
    """
    raws: dict[str, RawModule] = {}
    findings: list[Finding] = []
    seen: set[str] = set()
    waiting = list(first)
    widened = False
    while waiting:
        name = waiting.pop()
        file = files.get(name) if name not in seen else None
        seen.add(name)
        if file is not None:
            raw = read_module(sources, file)
            if isinstance(raw, Finding):
                findings.append(raw)
            else:
                raws[name] = raw
                waiting.extend(imported_modules(raw, files) - seen)
        if not waiting and not widened and any(raw.collected.dynamic_imports for raw in raws.values()):
            widened = True
            waiting = [name for name, file in files.items() if speaks_of_flask(sources[file.file])]
    return raws, sorted(findings, key=str)


def read_module(sources: Mapping[str, bytes], file: ModuleFile) -> RawModule | Finding:
    """One module, or the finding that says why it cannot be read."""
    source = sources[file.file]
    tree = parse(file.file, source)
    if isinstance(tree, Finding):
        return tree
    collected = Collector(file.name, file.is_package, speaks_of_flask(source)).collect(tree)
    return build(file, "sha256:" + hashlib.sha256(source).hexdigest(), collected)


def imported_modules(raw: RawModule, files: Mapping[str, Any]) -> set[str]:
    """The project's modules that a module imports, their parent packages included; also those for annotations only."""
    targets = {*raw.collected.imported, *raw.imports.values(), *raw.collected.star_imports, raw.name}
    found: set[str] = set()
    for target in targets:
        while target and target not in found:
            if target in files:
                found.add(target)
            target = target.rpartition(".")[0]
    return found
