"""The error handlers of an `Api` of Flask-RESTX and of its namespaces, which answer the errors of its resources.

@api.errorhandler(OutOfStock)          @ns.errorhandler(OutOfStock)          @api.errorhandler
@api.errorhandler(Reserved)            @ns.marshal_with(error_model)         def default(error): ...
def handle(error): ...                 def handle(error): ...
"""

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from codemods.extensions.basis.kept_values import kept_value
from codemods.extensions.basis.module_names import of_module
from codemods.extensions.basis.objects import made_by
from codemods.findings import Finding, Location
from codemods.model import Callee, ErrorHandler, Module, Project
from codemods.view.names import canonical, meaning, split
from codemods.view.rules.errors import STATUSES
from codemods.view.source import Sources, first_line

from .restx_documents import API, LAYERS, NAMESPACE, RESTX_UNREADABLE
from .restx_owners import made, namespaces_of_api

ATTRIBUTE = "errorhandler"
TABLES = ("error_handlers", "default_error_handler", "_default_error_handler")
"""Where an `Api` and a namespace keep them, by which code may set others."""
MOST = 20
"""How many classes one after the other are followed to their bases."""


def error_handlers(
    project: Project, sources: Sources, of_flask: Collection[ast.expr]
) -> tuple[ErrorHandler, ...] | Finding:
    """The handlers in the order in which they are asked, `exception` empty for the one that takes all others; or why
    that cannot be told. `of_flask` are the `errorhandler`s of the application and of blueprints.

    Those of an `Api` are asked ahead of those of its namespaces, which follow in the order in which it gets them, and
    all of them for all of its resources (`Api._own_and_child_error_handlers`).
    """
    found: dict[tuple[str, str], list[ErrorHandler]] = {}
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
            owner = _owner(project, sources, module, function, named)
            handler = _handler(project, sources, module, function, decorator)
            if owner[0] not in (API, NAMESPACE) or handler is None or not (handler.exception or owner[0] == API):
                return Finding(RESTX_UNREADABLE, place, f"'{ast.unparse(decorator)}'")
            found.setdefault(owner, []).append(handler)
        known = {named for _, one in _registered(sources.tree(module.file)) for named in ast.walk(one)}
        for node in ast.walk(sources.tree(module.file)):
            if isinstance(node, ast.Attribute) and node.attr == ATTRIBUTE and node not in known | {*of_flask}:
                return Finding(RESTX_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
    return _asked(project, sources, found) if found else ()


def _asked(
    project: Project, sources: Sources, found: Mapping[tuple[str, str], Sequence[ErrorHandler]]
) -> tuple[ErrorHandler, ...] | Finding:
    """The handlers of these owners in the order in which they are asked, or why that cannot be told."""
    every = [one for mine in found.values() for one in mine]
    own = [mine for (owner, _), mine in found.items() if owner == API]
    apis = {name for module in project.modules.values() for name in _made(project, sources, module)}
    if len(apis) != 1 or len(own) > 1 or len({one.exception for one in every}) != len(every):
        return Finding(RESTX_UNREADABLE, every[0].function.location, "error handlers of several owners")
    for mine in found.values():
        files = {one.function.location.file for one in mine if one.function.location}
        if len(files) > 1 and not _are_apart(project, sources, mine):
            first = mine[0].function.location
            return Finding(RESTX_UNREADABLE, first, "the order of error handlers in several modules")
    named = {name: mine for (owner, name), mine in found.items() if owner == NAMESPACE}
    order = namespaces_of_api(project, sources)
    is_ordered = len(named) < 2 or _are_apart(project, sources, [one for mine in named.values() for one in mine])
    if not named.keys() <= set(order) and (order or not is_ordered):
        first = next(iter(named.values()))[0].function.location
        return Finding(RESTX_UNREADABLE, first, "when the Api gets the namespace of error handlers")
    named = {name: named[name] for name in order or named if name in named}
    return tuple(one for mine in (*own, *named.values()) for one in mine)


def _are_apart(project: Project, sources: Sources, handlers: Iterable[ErrorHandler]) -> bool:
    """Whether no error can be of the classes of two of these by inheritance that the source shows."""
    kinds = {one.exception for one in handlers if one.exception}
    bases = {one: _bases(project, sources, one) for one in kinds}
    return all(
        found is not None and not any(one != other and one in found for one in kinds) for other, found in bases.items()
    )


def _bases(project: Project, sources: Sources, qualified: str, depth: int = 0) -> frozenset[str] | None:
    """The classes that one inherits from, itself included; None where that cannot be told."""
    module, name = split(project, qualified)
    if module is None:
        kind = getattr(builtins, qualified.removeprefix("builtins."), None)
        if not isinstance(kind, type):
            return None
        return frozenset(f"builtins.{one.__name__}" for one in kind.__mro__)
    definition = module.definitions.get(name)
    if definition is None or definition.kind != "class" or definition.rebound or depth > MOST:
        return None
    piece = sources.piece(definition.location, name)
    written = piece.bases if isinstance(piece, ast.ClassDef) else []
    known = [own_meaning(project, module, one) for one in written]
    found = [_bases(project, sources, one, depth + 1) for one in known]
    return frozenset({qualified}).union(*(one for one in found if one is not None)) if None not in found else None


def _owner(
    project: Project, sources: Sources, module: Module, function: ast.FunctionDef, named: ast.expr
) -> tuple[str, str]:
    """The class of the object that a handler is registered with, and its name: a module's, or the variable of the
    function that makes an `Api`, an application factory. An empty class for anything else."""
    around = sources.nesting(module.file).around[function]
    if not around:
        meant = made_by(project, sources, meaning(project, module, named)) or ""
        kept = kept_value(project, sources, meaning(project, module, named).rpartition(".")[0])
        return meant.rpartition(".")[0], kept.qualified if kept is not None else ""
    variable = named.value.id if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name) else ""
    bound: list[ast.AST] = []
    for node in ast.walk(around[-1]):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == variable:
                bound.append(value)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) if name == variable:
                bound.append(node)
    match bound:
        case [ast.Call(func=ast.Name() | ast.Attribute()) as call, ast.Name()] | [
            ast.Name(),
            ast.Call(func=ast.Name() | ast.Attribute()) as call,
        ] if len(around) == 1 and made(project, sources, module, call)[0] == API:
            return API, f"{module.name}.{variable}"
        case _:
            return "", variable


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
            case ast.Call(func=ast.Name() | ast.Attribute()) if made(project, sources, module, node)[0] == API:
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


def own_meaning(project: Project, module: Module, node: ast.expr) -> str:
    """What a chain of names of a module stands for, a builtin among them."""
    root, dot, rest = ast.unparse(node).partition(".")
    own = f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, f"builtins.{root}")
    return canonical(project, own + dot + rest)


def _callee(
    sources: Sources, module: Module, function: ast.FunctionDef, kind: ast.expr | None, around: Sequence[ast.AST]
) -> Callee | None:
    """The function of a module, or of a function in it, which is always defined; None for one that may be another by
    that name, and for a class of errors that is the function's own."""
    definition = module.definitions.get(function.name)
    match around:
        case [] if function in sources.tree(module.file).body:
            known = definition is not None and not definition.rebound
            return Callee(definition.qualified, definition.location, True) if definition is not None and known else None
        case [ast.FunctionDef(name=outer, body=body) as factory] if function in body:
            names = {one for one in ast.walk(kind) if isinstance(one, ast.Name)} if kind is not None else set()
            if not names <= set(of_module(factory)):
                return None
            place = Location(module.file, first_line(function))
            return Callee(f"{module.name}.{outer}.<locals>.{function.name}", place, True)
        case _:
            return None


def _handler(
    project: Project, sources: Sources, module: Module, function: ast.FunctionDef, decorator: ast.expr
) -> ErrorHandler | None:
    """The handler that a decorator registers, above what only writes or tells of its answer; None where that is not
    spelled out."""
    around = sources.nesting(module.file).around[function]
    below = function.decorator_list[function.decorator_list.index(decorator) + 1 :]
    others = [one for one in function.decorator_list if not _is_registering(one)]
    is_plain = all(one in below and _is_layer(project, sources, module, one) for one in others)
    kind = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else None
    callee = _callee(sources, module, function, kind, around)
    if callee is None or not is_plain:
        return None
    match decorator:
        case ast.Attribute():
            return ErrorHandler("", None, "", callee)
        case ast.Call(args=[ast.Name() | ast.Attribute() as kind], keywords=[]):
            qualified = own_meaning(project, module, kind)
            package, _, name = qualified.rpartition(".")
            code = STATUSES.get(name) if package == "werkzeug.exceptions" else None
            return ErrorHandler("", code, qualified, callee)
    return None
