"""The error handlers of an `Api` of Flask-RESTX and of its namespaces, which answer the errors of its resources.

@api.errorhandler(OutOfStock)          @ns.errorhandler(OutOfStock)          @api.errorhandler
@api.errorhandler(Reserved)            @ns.marshal_with(error_model)         def default(error): ...
def handle(error): ...                 def handle(error): ...
"""

import ast
from collections.abc import Collection, Iterator

from codemods.findings import Finding, Location
from codemods.model import Callee, ErrorHandler, Module, Project
from codemods.view.names import canonical
from codemods.view.rules.errors import STATUSES
from codemods.view.source import Sources

from .objects import made_by, meaning
from .restx_documents import API, LAYERS, NAMESPACE, RESTX_UNREADABLE

ATTRIBUTE = "errorhandler"
TABLES = ("error_handlers", "default_error_handler", "_default_error_handler")
"""Where an `Api` and a namespace keep them, by which code may set others."""


def error_handlers(
    project: Project, sources: Sources, of_flask: Collection[ast.expr]
) -> tuple[ErrorHandler, ...] | Finding:
    """The handlers in the order in which they are asked, `exception` empty for the one that takes all others; or why
    that cannot be told. `of_flask` are the `errorhandler`s of the application and of blueprints.

    Those of an `Api` are asked ahead of those of its namespaces, of which one may have some.
    """
    found: dict[str, list[ErrorHandler]] = {API: [], NAMESPACE: []}
    owners: set[tuple[str, str]] = set()
    for module in project.modules.values():
        if (set_by := _changed(sources, module)) is not None:
            return Finding(RESTX_UNREADABLE, Location(module.file, set_by.lineno), f"'{ast.unparse(set_by)}'")
        if ATTRIBUTE.encode() not in sources.files.get(module.file, b""):
            continue
        for function, decorator in _registered(sources.tree(module.file)):
            place = Location(module.file, decorator.lineno)
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            if named in of_flask:
                continue
            meant = made_by(project, sources, meaning(project, module, named)) or ""
            owner = meant.rpartition(".")[0]
            handler = _handler(project, sources, module, function, decorator)
            if owner not in found or handler is None or (not handler.exception and owner == NAMESPACE):
                return Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(decorator)}'")
            owners.add((owner, meaning(project, module, named)))
            found[owner].append(handler)
        known = {named for _, one in _registered(sources.tree(module.file)) for named in ast.walk(one)}
        for node in ast.walk(sources.tree(module.file)):
            if isinstance(node, ast.Attribute) and node.attr == ATTRIBUTE and node not in known | {*of_flask}:
                return Finding(RESTX_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
    everything = [*found[API], *found[NAMESPACE]]
    kinds = [one.exception for one in everything]
    if not everything:
        return ()
    apis = {name for module in project.modules.values() for name in _made(project, sources, module)}
    if len(apis) != 1 or len(owners) != len({owner for owner, _ in owners}) or len(set(kinds)) != len(kinds):
        return Finding(RESTX_UNREADABLE, everything[0].function.location, "error handlers of several owners")
    return tuple(everything)


def _changed(sources: Sources, module: Module) -> ast.Attribute | None:
    """Where a module reaches into what an `Api` knows of handlers, but for a class that does it to its own objects."""
    if b"error_handler" not in sources.files.get(module.file, b""):
        return None
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, ast.Attribute) and node.attr in TABLES and ast.unparse(node.value) != "self":
            return node
    return None


def _made(project: Project, sources: Sources, module: Module) -> Iterator[str]:
    """The places where a module makes an `Api`."""
    for node in ast.walk(sources.tree(module.file)):
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute() as func) if meaning(project, module, func) == API:
                yield f"{module.name}:{node.lineno}"


def _registered(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
    """Every function below a decorator `errorhandler`, with the decorator; of several the innermost registers first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for one in reversed(node.decorator_list):
                if _is_registering(one):
                    yield node, one


def _is_registering(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(named, ast.Attribute) and named.attr == ATTRIBUTE


def _is_layer(project: Project, sources: Sources, module: Module, decorator: ast.expr) -> bool:
    """Whether a decorator only writes by fields what a function returns, or tells of it."""
    named = meaning(project, module, decorator.func if isinstance(decorator, ast.Call) else decorator)
    return (made_by(project, sources, named) or named) in LAYERS


def _handler(
    project: Project, sources: Sources, module: Module, function: ast.FunctionDef, decorator: ast.expr
) -> ErrorHandler | None:
    """The handler that a decorator registers, above what only writes or tells of its answer; None where that is not
    spelled out."""
    definition = module.definitions.get(function.name)
    below = function.decorator_list[function.decorator_list.index(decorator) + 1 :]
    others = [one for one in function.decorator_list if not _is_registering(one)]
    is_plain = all(one in below and _is_layer(project, sources, module, one) for one in others)
    if definition is None or definition.rebound or not is_plain:
        return None
    callee = Callee(definition.qualified, definition.location, True)
    match decorator:
        case ast.Attribute():
            return ErrorHandler("", None, "", callee)
        case ast.Call(args=[ast.Name() | ast.Attribute() as kind], keywords=[]):
            text = ast.unparse(kind)
            root, dot, rest = text.partition(".")
            own = (
                f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, f"builtins.{root}")
            )
            qualified = canonical(project, own + dot + rest)
            package, _, name = qualified.rpartition(".")
            code = STATUSES.get(name) if package == "werkzeug.exceptions" else None
            return ErrorHandler("", code, qualified, callee)
    return None
