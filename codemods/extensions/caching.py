"""Flask-Caching: views and functions whose answers it keeps by the request stay on Flask, with what to do about it.

Its store is looked up by the application (`Cache.cache`): what asks it by keys of its own, or by the arguments of a
function (`memoize`), runs beside the application with the same store.
"""

from collections.abc import Collection
from typing import NoReturn

import libcst as cst

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator, Project
from codemods.view.names import Names, canonical
from codemods.view.refusal import refuse
from codemods.view.rule import Rule
from codemods.view.source import Sources

from .extension import Extension
from .objects import made_by

PACKAGE = "flask_caching"

CACHED = Diagnostic(
    "FM796",
    "blocked",
    "a view whose answers Flask-Caching keeps",
    "It keeps what the view returns, under a key that is made of Flask's request: whoever asks next gets it without "
    "the view being asked. Below a guard that is the guarded answer, above a guard it goes to strangers, too.",
    "Keep the route on Flask; or cache in a function that the view calls, under a key of its own, with the package "
    "`cachelib` that Flask-Caching itself uses.",
)


def refuses(decorator: Decorator, written: cst.BaseExpression, _: Names) -> NoReturn:
    """`@cache.cached(timeout=60)`; raises `Refused`."""
    raise refuse(CACHED, decorator.location, f"'{decorator.text}'")


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """What keeps code on Flask that calls functions whose answers are kept by the request, or that tells of hits."""
    for name in sorted(reached):
        if name.endswith(".cached") and made_by(project, sources, name) == f"{PACKAGE}.Cache.cached":
            return Finding(CACHED, _place(project, name, reached), f"'{name}'")
    for module in project.modules.values():
        if b"response_hit_indication" in sources.files.get(module.file, b""):
            return Finding(CACHED, None, f"'response_hit_indication' in '{module.file}'")
    return None


def _place(project: Project, name: str, reached: Collection[str]) -> Location | None:
    """Where a decorator stands above a function that is reached, or the one place where it stands at all."""
    found = [
        (definition.qualified in reached, decorator.location)
        for module in project.modules.values()
        for definition in module.definitions.values()
        for decorator in definition.decorators
        if canonical(project, decorator.qualified or "") == name
    ]
    first = next((place for is_reached, place in found if is_reached), None)
    return first or (found[0][1] if len(found) == 1 else None)


RULE = Rule(diagnostics=(CACHED,))

EXTENSION = Extension(
    PACKAGE,
    layers={f"{PACKAGE}.Cache.{name}": refuses for name in ("cached", "memoize")},
    problem=problem,
)
