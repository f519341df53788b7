"""webargs' parsers: that of the library, and those that a project makes of its class or of one below it.

class LaxParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE}

    def handle_error(self, error, req, schema, *, error_status_code, error_headers):
        raise InvalidArguments(error.messages)

lax = LaxParser()
lax_args = lax.use_args        # `@lax_args(...)` is a call of `use_args` of the parser `lax`
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from codemods.findings import Location
from codemods.model import Callee, Module, Project
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Function, Sources, first_line

from ..basis.unknown_keys import UNKNOWN

LIBRARY = "webargs.flaskparser"
CLASS = f"{LIBRARY}.FlaskParser"
SHARED = f"{LIBRARY}.parser"
SHARING = "flask_apispec"
"""Another library with a `use_kwargs` that parses by the shared parser."""
METHODS = frozenset({"use_args", "use_kwargs", "parse"})
"""The methods that are given first what is to be parsed."""

REFUSING, PREPARING = "handle_error", "pre_load"
"""The methods by which a class of parsers refuses arguments, and prepares what is sent for its schema."""
READING = {
    "load_querystring": ("query", "querystring"),
    "load_headers": ("headers",),
    "load_cookies": ("cookies",),
}
"""By method that reads what is sent: the locations that it is for."""
REGISTERING = "location_loader"
"""The method that gives all parsers a location of the project's own."""


class UnreadError(Exception):
    """A parser is set up in a way that is not read: by this code, at this place."""

    def __init__(self, module: Module, node: ast.AST) -> None:
        super().__init__(ast.unparse(node).splitlines()[0])
        self.location = Location(module.file, getattr(node, "lineno", 1))


@dataclass(frozen=True, slots=True)
class Parsing:
    """A method of a parser, by the parser's qualified name."""

    parser: str
    method: str


@dataclass(frozen=True, slots=True)
class ArgumentParser:
    """How a parser parses: from which location, with which status it refuses, and what becomes of unknown keys.

    `message` is that of a check which only says no. `unknown` tells of them by location; None stands for what the
    schema says. `handler` is a function of the project, or a method of the parser's class, that raises for wrong
    arguments, and says what clients get; `prepare` is one that changes data before it is loaded; `readers` are those
    that read what is sent at a location.
    """

    location: str = "json"
    status: int = 422
    message: str = "Invalid value."
    unknown: Mapping[str, str | None] = field(
        default_factory=lambda: {
            **dict.fromkeys(("json", "form", "json_or_form")),
            **dict.fromkeys(("query", "querystring", "headers", "cookies", "files"), "ignore"),
            **dict.fromkeys(("view_args", "path"), "forbid"),
        }
    )
    handler: Callee | None = None
    prepare: Callee | None = None
    readers: Mapping[str, Callee] = field(default_factory=dict)


def parsing(project: Project, sources: Sources, qualified: str) -> Parsing | None:
    """What a qualified name is of a parser, by way of the names that modules give it; None for anything else."""
    for _ in range(5):
        owner, _, method = qualified.rpartition(".")
        if method in METHODS:
            if owner in (LIBRARY, SHARED, SHARING):
                return Parsing(SHARED, method)
            if _made(project, sources, owner) is not None:
                return Parsing(owner, method)
        module, name = split(project, qualified)
        value = sources.value(module, name) if module is not None and name in module.definitions else None
        if module is None or not isinstance(value, ast.Name | ast.Attribute):
            return None
        qualified = meaning(project, module, value)
    return None


def argument_parser(project: Project, sources: Sources, qualified: str) -> ArgumentParser:
    """How the parser of that name parses; raises `UnreadError`."""
    parser = ArgumentParser()
    made = _made(project, sources, qualified)
    if made is not None:
        parser = made_parser(project, sources, *made[:2])
    for module in project.modules.values():
        if sources.mentions(module.file, qualified.rpartition(".")[2].encode()):
            parser = _used(project, sources, module, qualified, parser)
    return replace(parser, readers={**own_locations(project, sources), **parser.readers})


def own_locations(project: Project, sources: Sources) -> Mapping[str, Callee]:
    """The functions that read the project's own locations, by these; raises `UnreadError`."""
    found: dict[str, Callee] = {}
    for module in project.modules.values():
        if REGISTERING.encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        registered = {id(one.decorator_list[0]): one for one in tree.body if _is_registered(one)}
        calls = {id(one.func): one for one in ast.walk(tree) if isinstance(one, ast.Call)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or node.attr != REGISTERING:
                continue
            call, owner = calls.get(id(node)), meaning(project, module, node.value)
            match call:
                case ast.Call(args=[ast.Constant(value=str() as name)], keywords=[]) if (
                    id(call) in registered
                    and name not in found
                    and name not in ArgumentParser().unknown
                    and (owner == SHARED or _made(project, sources, owner) is not None)
                    and (reader := _defined(module, registered[id(call)])) is not None
                ):
                    found[name] = reader
                case _:
                    raise UnreadError(module, node)
    return found


def _is_registered(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and len(node.decorator_list) == 1


def made_parser(project: Project, sources: Sources, module: Module, call: ast.Call) -> ArgumentParser:
    """How a parser parses that a module makes by this call; raises `UnreadError`, also for anything else."""
    kind = meaning(project, module, call.func)
    if not _is_parser(project, sources, kind):
        raise UnreadError(module, call)
    return _constructed(project, module, call, _of_class(project, sources, kind, module, call))


def _made(project: Project, sources: Sources, qualified: str) -> tuple[Module, ast.Call, str] | None:
    """The call that makes a parser, with its module and class; None for what is no parser of the project's."""
    module, name = split(project, qualified)
    value = sources.value(module, name) if module is not None and name in module.definitions else None
    if module is None or not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name | ast.Attribute):
        return None
    kind = meaning(project, module, value.func)
    return (module, value, kind) if _is_parser(project, sources, kind) else None


def _is_parser(project: Project, sources: Sources, kind: str) -> bool:
    found = _class(project, sources, kind)
    if found is None:
        return kind == CLASS
    module, node = found
    bases = [meaning(project, module, one) for one in node.bases if isinstance(one, ast.Name | ast.Attribute)]
    return any(one != kind and _is_parser(project, sources, one) for one in bases)


def _class(project: Project, sources: Sources, kind: str) -> tuple[Module, ast.ClassDef] | None:
    module, name = split(project, kind)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class":
        return None
    try:
        node = sources.piece(definition.location, name)
    except Refused:
        return None
    return (module, node) if isinstance(node, ast.ClassDef) else None


def _of_class(project: Project, sources: Sources, kind: str, module: Module, place: ast.expr) -> ArgumentParser:
    """What a class of parsers says of all that are made of it."""
    if kind == CLASS:
        return ArgumentParser()
    found = _class(project, sources, kind)
    if found is None or len(found[1].bases) != 1 or found[1].keywords or found[1].decorator_list:
        raise UnreadError(module, place)
    module, node = found
    parser = _of_class(project, sources, meaning(project, module, node.bases[0]), module, place)
    for statement in node.body:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                parser = _with_default(project, sources, module, parser, name, value)
            case ast.FunctionDef(name=name, decorator_list=[]) if name in (REFUSING, PREPARING):
                method = Callee(f"{module.name}.{node.name}.{name}", Location(module.file, statement.lineno), True)
                is_refusing = name == REFUSING
                parser = replace(parser, handler=method) if is_refusing else replace(parser, prepare=method)
            case ast.FunctionDef(name=name, decorator_list=[]) if name in READING:
                method = Callee(f"{module.name}.{node.name}.{name}", Location(module.file, statement.lineno), True)
                parser = replace(parser, readers={**parser.readers, **dict.fromkeys(READING[name], method)})
            case _:
                raise UnreadError(module, statement)
    return parser


def _with_default(
    project: Project, sources: Sources, module: Module, parser: ArgumentParser, name: str, value: ast.expr
) -> ArgumentParser:
    match name, value:
        case "DEFAULT_LOCATION", ast.Constant(value=str() as location):
            return replace(parser, location=location)
        case "DEFAULT_VALIDATION_STATUS", ast.Constant(value=int() as status):
            return replace(parser, status=status)
        case "DEFAULT_VALIDATION_MESSAGE", ast.Constant(value=str() as message):
            return replace(parser, message=message)
        case "DEFAULT_UNKNOWN_BY_LOCATION", ast.Dict(keys=keys, values=values):
            unknown: dict[str, str | None] = {}
            for key, one in zip(keys, values, strict=True):
                if key is None and isinstance(one, ast.Attribute) and one.attr == name:
                    unknown |= _of_class(project, sources, meaning(project, module, one.value), module, value).unknown
                elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                    unknown[key.value] = _unknown(module, one)
                else:
                    raise UnreadError(module, value)
            return replace(parser, unknown=unknown)
    raise UnreadError(module, value)


def _unknown(module: Module, node: ast.expr) -> str | None:
    name = ast.unparse(node).rpartition(".")[2].strip("'\"").upper()
    if name != "NONE" and name not in UNKNOWN:
        raise UnreadError(module, node)
    return UNKNOWN.get(name)


def _constructed(project: Project, module: Module, call: ast.Call, parser: ArgumentParser) -> ArgumentParser:
    """The parser with what it is given where it is made."""
    given = {one.arg: one.value for one in call.keywords}
    if len(call.args) == 1 and "location" not in given:
        given["location"] = call.args[0]
    elif call.args:
        raise UnreadError(module, call)
    for name, value in given.items():
        match name, value:
            case "location", ast.Constant(value=str() as location):
                parser = replace(parser, location=location)
            case "unknown", _:
                parser = replace(parser, unknown=dict.fromkeys(parser.unknown, _unknown(module, value)))
            case "error_handler", ast.Name():
                parser = replace(parser, handler=_function(project, module, value))
            case _:
                raise UnreadError(module, call)
    return parser


def _used(project: Project, sources: Sources, module: Module, qualified: str, parser: ArgumentParser) -> ArgumentParser:
    """The parser with what a module does with it; raises `UnreadError` for more than parsing and handling errors."""
    tree = sources.tree(module.file)
    known: set[ast.AST] = set()
    for named, handler in _handlers(project, module, tree, qualified):
        if parser.handler is not None or handler is None:
            raise UnreadError(module, named)
        known.add(named)
        parser = replace(parser, handler=handler)
    known |= {node.value for node in ast.walk(tree) if is_handed(node)}
    inner = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        match node:
            case _ if node in known:
                continue
            case ast.Attribute(attr=attr, value=owner) if attr not in {*METHODS, REGISTERING}:
                is_changed = meaning(project, module, owner) == qualified
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                is_changed = node not in inner and meaning(project, module, node) == qualified
            case _:
                continue
        if is_changed:
            raise UnreadError(module, node)
    return parser


def is_handed(node: ast.AST) -> TypeGuard[ast.Assign]:
    """Whether a statement has a blueprint of flask-smorest's, or a class of such, load arguments by a parser."""
    match node:
        case ast.Assign(
            targets=[ast.Attribute(attr="ARGUMENTS_PARSER") | ast.Name(id="ARGUMENTS_PARSER")],
            value=ast.Name() | ast.Attribute(),
        ):
            return True
        case _:
            return False


def _handlers(
    project: Project, module: Module, tree: ast.Module, qualified: str
) -> Iterator[tuple[ast.Attribute, Callee | None]]:
    """Where a module hands the parser a function for errors: as a decorator, or by a call."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="error_handler") as named, args=[ast.Name() as given], keywords=[]):
                found = _function(project, module, given)
            case ast.FunctionDef(decorator_list=[ast.Attribute(attr="error_handler") as named]):
                found = _defined(module, node)
            case _:
                continue
        if meaning(project, module, named.value) == qualified:
            yield named, found


def _function(project: Project, module: Module, node: ast.expr) -> Callee | None:
    home, name = split(project, meaning(project, module, node))
    definition = home.definitions.get(name) if home is not None else None
    if definition is None or definition.kind != "function" or definition.decorators:
        return None
    return Callee(definition.qualified, definition.location, True)


def _defined(module: Module, node: Function) -> Callee | None:
    for one in (*module.definitions.values(), *module.inner.values()):
        is_named = one.kind == "function" and one.qualified.endswith(f".{node.name}")
        if is_named and first_line(node) <= one.location.line <= node.lineno:
            return Callee(one.qualified, one.location, True)
    return None
