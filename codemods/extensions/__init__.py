"""The extensions of Flask's that are replaced as a whole: names, decorators, hooks and error handlers of their own."""

from collections.abc import Collection

from codemods.findings import Finding
from codemods.model import Callee, Hook, Project
from codemods.view.imports import Need
from codemods.view.rule import Rule
from codemods.view.source import Sources

from . import cors, jwt_extended
from .extension import Dependency, Extension, ExtensionHook

__all__ = [
    "EXTENSION_RULES",
    "Dependency",
    "Extension",
    "ExtensionHook",
    "exception",
    "extension_of",
    "handled_by",
    "hook_of",
    "installed",
    "needs_handlers",
    "problem",
]

EXTENSIONS: tuple[Extension, ...] = (cors.EXTENSION, jwt_extended.EXTENSION)
EXTENSION_RULES: tuple[Rule, ...] = (jwt_extended.RULE,)


def extension_of(qualified: str) -> Extension | None:
    """The extension that a name belongs to."""
    package = qualified.partition(".")[0]
    return next((one for one in EXTENSIONS if one.package == package), None)


def handled_by(function: Callee) -> Extension | None:
    """The extension that replaces an error handler; None for one of the project's own, or of anything else."""
    found = None if function.owned else extension_of(function.qualified)
    return found if found is not None and found.handlers is not None else None


def hook_of(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding | None:
    """What a hook that an extension registers becomes, or why it cannot; None for one that nothing is known of."""
    for one in EXTENSIONS:
        if not hook.function.owned and hook.function.qualified in one.hooks:
            return one.hooks[hook.function.qualified](project, sources, hook)
    return None


def installed(project: Project, used: Collection[str]) -> tuple[Extension, ...]:
    """The extensions whose handlers stand in the application, or whose compat modules are used."""
    handling = {found.package for one in project.error_handlers if (found := handled_by(one.function))}
    return tuple(one for one in EXTENSIONS if one.package in handling or one.helper in used)


def needs_handlers(project: Project, reached: Collection[str]) -> bool:
    """Whether code that reaches these names may raise what an extension's handlers answer, by a library of its own."""
    libraries = {library for one in installed(project, ()) for library in one.libraries}
    return any(name.partition(".")[0] in libraries for name in reached)


def exception(qualified: str) -> Need | None:
    """The counterpart of an extension's exception class."""
    return next((one.exceptions[qualified] for one in EXTENSIONS if qualified in one.exceptions), None)


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """What keeps code on Flask that reaches these names."""
    for one in EXTENSIONS:
        if one.problem is not None and any(name.startswith(f"{one.package}.") for name in reached):
            found = one.problem(project, sources, reached)
            if found is not None:
                return found
    return None
