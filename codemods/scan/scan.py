"""The scan: sources, and the live application's inventory where there is one, to one immutable `Project`."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from codemods.findings import Finding
from codemods.model import Project

from .attribution import Attribution
from .closure import check, read
from .context_variables import confined_variables
from .declaring import find_declaring
from .diagnostics import NOT_REGISTERED
from .files import ModuleFile, module_files, speaks_of_flask
from .link import Modules
from .live import Live
from .logs import logged_requests
from .middleware import proxy_fix
from .names import Names
from .objects import Objects
from .reading import Raws, collection_paused
from .reconcile import reconcile
from .routes import StaticRoutes
from .setup import set_up_in_context


def scan(
    sources: Mapping[str, bytes],
    app: str,
    live: Mapping[str, object] | None = None,
    trees: dict[str, ast.Module] | None = None,
) -> Project:
    """Everything that the source and, if asked, the running application say.

    `sources` are the project's files by path relative to its root; `app` is what `flask --app` takes; `live` is an
    inventory document. Pure, but that `trees` gets the syntax tree of each file that is parsed, now or later. What
    cannot be read or followed is a finding; nothing is raised for the user's code.
    """
    loaded = cast(Mapping[str, str], live["modules"]) if live else {}
    files = module_files(sources, app, loaded)
    with collection_paused():
        raws = read(sources, files, starts(sources, files, app, loaded), trees)
        find_declaring(raws)
        findings = [*check(raws), *set_up_in_context(raws)]
        try:
            project = _joined(raws, findings, app, live)
            findings = [*project.findings, *logged_requests(project, raws)]
            return replace(project, findings=tuple(findings), confined=confined_variables(raws))
        finally:
            raws.finish()


def _joined(raws: Raws, findings: Sequence[Finding], app: str, live: Mapping[str, object] | None) -> Project:
    names = Names(raws)
    objects = Objects.find(raws, names)
    static = StaticRoutes(objects, app).project()
    modules = Modules(raws, names)
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
        application=replace(reader.application(app), proxy_fix=proxy_fix(raws)),
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
