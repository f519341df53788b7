"""Objects of extensions that a module makes, and the functions that these are given: `auth = HTTPBasicAuth()`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.findings import Location
from codemods.model import Callee, Module, Project
from codemods.view.names import meaning, split
from codemods.view.source import Piece, Sources

from .kept_values import kept_value
from .own_apis import made_of
from .own_blueprints import library_class

MAKING = {
    "flask_restx.Api.namespace": "flask_restx.Namespace",
    "flask_restx.Api.parser": "flask_restx.reqparse.RequestParser",
    "flask_restx.Namespace.parser": "flask_restx.reqparse.RequestParser",
}
"""Methods of objects that make others, with the class of these."""
CHAINED = frozenset({"add_argument", "replace_argument", "remove_argument"})
"""Methods that give back the object on which they are called."""


@dataclass(frozen=True, slots=True)
class MadeObject:
    """What a module's name, or an attribute of its class, stands for: the class that `call` makes it of."""

    module: Module
    name: str
    maker: str
    call: ast.Call

    @property
    def location(self) -> Location:
        """Where it is made."""
        return Location(self.module.file, self.call.lineno)


def made_object(project: Project, sources: Sources, qualified: str) -> MadeObject | None:
    """The object behind a qualified name, where its module binds it once, by a call; None for anything else."""
    kept = kept_value(project, sources, qualified)
    if kept is None or not isinstance(call := kept.value, ast.Call):
        return None
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call) and call.func.attr in CHAINED:
        call = call.func.value
    return MadeObject(
        kept.module, kept.path, *made_of(project, sources, meaning(project, kept.module, call.func), call)
    )


def blueprint_name(made: MadeObject | None) -> str | None:
    """The name of a blueprint, empty for an application; None for anything else."""
    match made:
        case MadeObject(maker="flask.Flask"):
            return ""
        case MadeObject(maker="flask.Blueprint", call=ast.Call(args=[ast.Constant(value=str() as name), *_])):
            return name
        case _:
            return None


def made_by(project: Project, sources: Sources, qualified: str) -> str | None:
    """What an object's attribute means of its class: `flask_restful.Api.url_for` for `shop.api.url_for`.

    None for a name without attributes, and for those of anything else.
    """
    module, rest = split(project, qualified)
    if module is None:
        return None
    name, _, attributes = rest.partition(".")
    known = module.definitions.get(name)
    if known is not None and known.kind == "class":
        attribute, _, attributes = attributes.partition(".")
        name = f"{name}.{attribute}"
    made = made_object(project, sources, f"{module.name}.{name}") if attributes else None
    if made is None:
        return None
    if made.maker.endswith(".copy"):
        return made_by(project, sources, f"{made.maker.removesuffix('.copy')}.{attributes}")
    maker = made_by(project, sources, made.maker)
    return f"{library_class(project, sources, MAKING.get(maker or '', made.maker))}.{attributes}"


def decorator_meaning(project: Project, sources: Sources, qualified: str) -> tuple[str, MadeObject | None]:
    """What a decorator means of its object's class; with its call, where a module makes it once for several views.

    `flask_limiter.Limiter.limit` for `@limiter.limit("1/day")`, and for `@daily` where that is one.
    """
    found = made_by(project, sources, qualified)
    if found is not None:
        return found, None
    made = made_object(project, sources, qualified)
    found = made_by(project, sources, made.maker) if made is not None else None
    return (found, made) if found is not None else (qualified, None)


@dataclass(frozen=True, slots=True)
class GivenFunction:
    """A function that one of an object's methods is given, by a decorator or a call; no `callee` where it is unclear.

    `takes` is the number of its parameters, `is_plain` tells that it is no coroutine and that nothing else decorates
    it.
    """

    method: str
    location: Location
    callee: Callee | None
    takes: int = 0
    is_plain: bool = True


def given_functions(project: Project, sources: Sources, made: MadeObject) -> Iterator[GivenFunction]:
    """The functions that an object is given anywhere in the project, in the order of its modules."""
    target = f"{made.module.name}.{made.name}"
    for module in project.modules.values():
        if made.name.encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        decorators = {
            id(one): (node, len(node.decorator_list) == 1)
            for node in ast.walk(tree)
            if isinstance(node, Piece)
            for one in node.decorator_list
        }
        calls = {id(one.func): one for one in ast.walk(tree) if isinstance(one, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                place = Location(module.file, node.lineno)
                if meaning(project, module, node.value) != target:
                    continue
                if id(node) in decorators:
                    piece, is_alone = decorators[id(node)]
                    yield _of(module, piece, node.attr, place, is_alone)
                elif id(node) in calls:
                    yield _called(sources, project, module, calls[id(node)], node.attr, place)


def _of(module: Module, piece: Piece, method: str, place: Location, is_alone: bool) -> GivenFunction:
    definition = module.definitions.get(piece.name)
    is_own = definition is not None and definition.location.line <= piece.lineno <= definition.end_line
    if definition is None or not is_own or isinstance(piece, ast.ClassDef):
        return GivenFunction(method, place, None)
    callee = Callee(definition.qualified, definition.location, True)
    arguments = piece.args
    takes = len(arguments.posonlyargs) + len(arguments.args)
    is_plain = isinstance(piece, ast.FunctionDef) and is_alone
    has_more = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    return GivenFunction(method, place, None if has_more else callee, takes, is_plain)


def _called(
    sources: Sources, project: Project, module: Module, call: ast.Call, method: str, place: Location
) -> GivenFunction:
    """The function that a call such as `auth.verify_password(check)` gives."""
    match call:
        case ast.Call(args=[ast.Name() as given], keywords=[]):
            home, name = split(project, meaning(project, module, given))
            definition = home.definitions.get(name) if home is not None else None
            if home is not None and definition is not None and definition.kind == "function":
                found = _of(home, sources.piece(definition.location, name), method, place, True)
                is_plain = found.is_plain and not definition.decorators
                return GivenFunction(method, place, found.callee, found.takes, is_plain)
    return GivenFunction(method, place, None)
