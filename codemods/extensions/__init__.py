"""The extensions of Flask's that are replaced as a whole: names, decorators, hooks and error handlers of their own."""

import ast
from collections.abc import Collection

import libcst as cst

from codemods.findings import Finding
from codemods.model import Callee, Decorator, Definition, ErrorHandler, Hook, Module, Project
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.rule import Rule
from codemods.view.source import Sources

from . import caching, compress, cors, limiter, talisman, template_objects, wtf
from .basis.extension import (
    AskedFunction,
    ByStatus,
    Check,
    Dependency,
    Documented,
    Expected,
    Extension,
    ExtensionHandler,
    ExtensionHook,
    Input,
    Layer,
    Limited,
    Marshalled,
    Output,
    Paged,
    ParsingCall,
    Refusing,
    Represented,
    Served,
    Setting,
    Tagged,
    Told,
    Wrapping,
)
from .basis.objects import decorator_meaning, given_functions, made_object
from .logins import http_auth, jwt_extended, login, oidc
from .resources import parsed_arguments, restful, restx
from .schema_layers import apifairy, apiflask, apiflask_auth, apiflask_pages, apispec, smorest, webargs

__all__ = [
    "EXTENSION_RULES",
    "HANDING_ON",
    "AskedFunction",
    "ByStatus",
    "Check",
    "Dependency",
    "Documented",
    "Expected",
    "Extension",
    "ExtensionHandler",
    "ExtensionHook",
    "Input",
    "Layer",
    "Limited",
    "Marshalled",
    "Output",
    "Paged",
    "ParsingCall",
    "Refusing",
    "Represented",
    "Served",
    "Setting",
    "Tagged",
    "Told",
    "Wrapping",
    "asked_functions",
    "base",
    "exception",
    "extension_of",
    "handled_by",
    "handler_of",
    "hook_of",
    "installed",
    "is_idle",
    "is_raised_here",
    "is_summarised",
    "layer_of",
    "lifecycle_settings",
    "needs_handlers",
    "problem",
    "template_global",
]

EXTENSIONS: tuple[Extension, ...] = (
    apifairy.EXTENSION,
    apiflask.EXTENSION,
    apiflask_auth.EXTENSION,
    apispec.EXTENSION,
    caching.EXTENSION,
    compress.EXTENSION,
    cors.EXTENSION,
    http_auth.EXTENSION,
    jwt_extended.EXTENSION,
    limiter.EXTENSION,
    login.EXTENSION,
    oidc.EXTENSION,
    restful.EXTENSION,
    restx.EXTENSION,
    smorest.EXTENSION,
    talisman.EXTENSION,
    *template_objects.EXTENSIONS,
    wtf.EXTENSION,
)
ASKING = frozenset(name for one in EXTENSIONS for name in one.asking)
LAYERS = {name: layer for one in EXTENSIONS for name, layer in one.layers.items()}
SUMMARISED = frozenset(name for one in EXTENSIONS if one.summarises for name in (*one.layers, *one.object_layers))
HANDING_ON = frozenset(name for one in EXTENSIONS for name in one.handing_on)
OBJECT_LAYERS = {name: layer for one in EXTENSIONS for name, layer in one.object_layers.items()}
LAYER_NAMES = frozenset(name.rpartition(".")[2] for name in (*LAYERS, *OBJECT_LAYERS))
EXTENSION_RULES: tuple[Rule, ...] = (
    apifairy.RULE,
    apiflask.RULE,
    apiflask_pages.RULE,
    apiflask_auth.RULE,
    apispec.RULE,
    caching.RULE,
    compress.RULE,
    http_auth.NATIVE_RULE,
    http_auth.RULE,
    jwt_extended.RULE,
    login.RULE,
    oidc.RULE,
    parsed_arguments.RULE,
    restful.RULE,
    restx.RULE,
    smorest.RULE,
    talisman.RULE,
    template_objects.RULE,
    webargs.RULE,
    wtf.RULE,
)


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


def is_idle(project: Project, sources: Sources, hook: Hook) -> bool:
    """Whether a hook that an extension registers has nothing to do for converted routes."""
    if hook.function.owned:
        return False
    made = hook_of(project, sources, hook)
    is_empty = isinstance(made, ExtensionHook) and not made.text
    return is_empty or any(hook.function.qualified in one.idle_hooks for one in EXTENSIONS)


def handler_of(
    project: Project, sources: Sources, handler: ErrorHandler, is_native: bool
) -> ExtensionHandler | Finding | None:
    """What an error handler that an extension registers becomes; None for one that nothing is known of."""
    for one in EXTENSIONS:
        if not handler.function.owned and handler.function.qualified in one.error_handlers:
            return one.error_handlers[handler.function.qualified](project, sources, handler, is_native)
    return None


def layer_of(
    project: Project, sources: Sources, decorator: Decorator, module: Module, written: cst.BaseExpression
) -> Layer | None:
    """What an extension's decorator means, or a method of one of its objects; None for another. Raises `Refused`.

    Such an object is one that a module makes: `app = APIFlask(__name__)`, `bp = APIBlueprint(...)`. The decorator
    stands in `module`.
    """
    qualified = canonical(project, decorator.qualified or "")
    home, name = split(project, qualified)
    is_variable = home is not None and name in home.definitions and home.definitions[name].kind in ("state", "unknown")
    if qualified.rpartition(".")[2] not in LAYER_NAMES and not is_variable:
        return None
    meant, made = decorator_meaning(project, sources, qualified)
    found = LAYERS.get(meant)
    if meant in OBJECT_LAYERS and (owner := made_object(project, sources, qualified.rpartition(".")[0])) is not None:
        return OBJECT_LAYERS[meant](sources, owner, decorator, written, Names(project, module, frozenset(), {}))
    if found is not None and made is not None:
        written, module = cst.parse_expression(ast.unparse(made.call)), made.module
    return found(decorator, written, Names(project, module, frozenset(), {})) if found is not None else None


def is_summarised(project: Project, sources: Sources, decorator: Decorator) -> bool:
    """Whether the extension of a decorator tells OpenAPI the first line of the view's docstring."""
    meant, _ = decorator_meaning(project, sources, canonical(project, decorator.qualified or ""))
    return meant in SUMMARISED


def asked_functions(project: Project, sources: Sources, definition: Definition) -> Collection[str]:
    """The functions that an extension's object calls for requests; none for any other definition."""
    if ASKING.isdisjoint(definition.uses):
        return ()
    made = made_object(project, sources, definition.qualified)
    if made is None or made.maker not in ASKING:
        return ()
    return {one.callee.qualified for one in given_functions(project, sources, made) if one.callee is not None}


def installed(project: Project, used: Collection[str]) -> tuple[Extension, ...]:
    """The extensions whose handlers stand in the application, or whose compat modules are used."""
    handling = {found.package for one in project.error_handlers if (found := handled_by(one.function))}
    return tuple(one for one in EXTENSIONS if one.package in handling or one.helper in used)


def lifecycle_settings(project: Project, sources: Sources, served: Served) -> tuple[Setting, ...]:
    """What a lifecycle is told of its endpoints, by all extensions."""
    return tuple(
        setting for one in EXTENSIONS if one.settings is not None for setting in one.settings(project, sources, served)
    )


def needs_handlers(project: Project, reached: Collection[str]) -> bool:
    """Whether code that reaches these names may raise what an extension's handlers answer, by a library of its own."""
    libraries = {library for one in installed(project, ()) for library in one.libraries}
    return any(name.partition(".")[0] in libraries for name in reached)


def exception(qualified: str) -> Need | None:
    """The counterpart of an extension's exception class."""
    return next((one.exceptions[qualified] for one in EXTENSIONS if qualified in one.exceptions), None)


def is_raised_here(qualified: str) -> bool:
    """Whether only converted code raises such a class of an extension's."""
    return any(qualified in one.raised for one in EXTENSIONS)


def template_global(qualified: str) -> Need | None:
    """The function of the request that does what an extension's global of templates does."""
    return next((one.globals[qualified] for one in EXTENSIONS if qualified in one.globals), None)


def base(qualified: str) -> Need | None:
    """What native code's subclasses of an extension's class inherit from instead."""
    return next((one.bases[qualified] for one in EXTENSIONS if qualified in one.bases), None)


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """What keeps code on Flask that reaches these names."""
    packages = {name.partition(".")[0] for name in reached if "." in name}
    for one in EXTENSIONS:
        if one.problem is not None and one.package in packages:
            found = one.problem(project, sources, reached)
            if found is not None:
                return found
    return None
