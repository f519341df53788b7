"""`RequestParser` of Flask-RESTful and Flask-RESTX: what a module does with one, as one expression.

parser = reqparse.RequestParser()                     parser = RequestParser(
parser.add_argument("name", required=True)     →          [
parser.add_argument("rate", type=int)                         Argument("name", required=True),
                                                              Argument("rate", type=int),
                                                          ]
                                                      )
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import chain

import libcst as cst

from codemods.extensions.basis.module_names import of_module
from codemods.extensions.basis.objects import MAKING, made_by
from codemods.findings import Diagnostic, Location
from codemods.model import Module, Project
from codemods.view.assignments import one_by_one
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Piece, Sources

from .parser_loops import spelled_out, unrolled

HELPERS = {"flask_restful": ".compat.reqparse", "flask_restx": ".compat.restx_reqparse"}
"""The libraries that have such parsers, with the compat module for those of each."""
PARSERS = {f"{library}.reqparse.RequestParser": library for library in HELPERS}
PARSES = frozenset(f"{parser}.parse_args" for parser in PARSERS)
INPUTS = frozenset({"boolean", "natural", "positive", "int_range", "regex", "date"})
"""The types of the libraries' `inputs` that have a counterpart beside each library's parser."""
OWN_INPUTS = {
    "flask_restful": {
        "url": ".compat.inputs",
        **dict.fromkeys(("datetime_from_iso8601", "datetime_from_rfc822", "iso8601interval"), ".compat.input_dates"),
    },
    "flask_restx": {
        **dict.fromkeys(("URL", "email", "ip", "ipv4", "ipv6", "url"), ".compat.restx_inputs"),
        **dict.fromkeys(
            ("date_from_iso8601", "datetime_from_iso8601", "datetime_from_rfc822"), ".compat.restx_input_dates"
        ),
    },
}
"""Those of one library, with their compat modules."""
TYPES = frozenset({"bool", "dict", "float", "int", "list", "str"})
PLACES = frozenset({"json", "form", "args", "values", "headers", "cookies"})
FILE = Need("starlette.datastructures", "UploadFile")
FILES = frozenset(f"werkzeug.{module}FileStorage" for module in ("", "datastructures.", "datastructures.file_storage."))
"""The names of the type of uploaded files, which come from one place only."""
PARAMETERS = (
    "name", "default", "dest", "required", "ignore", "type", "location", "choices", "action", "help", "operators",
    "case_sensitive", "store_missing", "trim", "nullable",
)  # fmt: skip
"""The parameters of `Argument`, in order."""

OF_FILES = frozenset({"name", "type", "location", "required", "help", "action", "dest"})
"""The parameters of an argument that is a file."""

PARSER_UNREADABLE = Diagnostic(
    "FM775",
    "blocked",
    "a request parser that cannot be read from its module",
    "Which arguments it has, or where they come from, is decided while the application runs, or by a class of its own.",
    "Make it at the top of a module, with calls of add_argument that spell out name and location.",
)


HARMLESS = frozenset({"parse_args", "copy"})
"""Methods that leave a parser as it is."""


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser as a module leaves it, its arguments as calls."""

    arguments: tuple[ast.Call, ...] = ()
    trim: bool = False
    bundle_errors: bool = False
    library: str = "flask_restful"


@dataclass(slots=True)
class Parsers:
    """Follows the statements of one module; `inputs` are the libraries' types in the arguments, with their modules."""

    project: Project
    sources: Sources
    module: Module
    names: Names = field(init=False)
    found: dict[str, Parser] = field(default_factory=dict)
    unread: dict[str, Refused] = field(default_factory=dict)
    inputs: dict[ast.AST, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = Names(self.project, self.module, frozenset(), {})

    def refuse(self, node: ast.AST) -> Refused:
        line = getattr(node, "lineno", 1)
        return refuse(PARSER_UNREADABLE, Location(self.module.file, line), f"'{ast.unparse(node).splitlines()[0]}'")

    def meaning(self, node: ast.expr) -> str | None:
        """What a chain of names stands for."""
        return self.names.qualified(cst.parse_expression(ast.unparse(node)))

    def read(self, tree: ast.Module, wanted: str) -> Parser:
        """The parser of that name; raises `Refused`."""
        self.follow(tree.body)
        if wanted in self.unread:
            raise self.unread[wanted]
        if wanted not in self.found:
            raise self.refuse(tree.body[0])
        return self.found[wanted]

    def follow(self, statements: Iterable[ast.stmt]) -> None:
        """Note what statements do with parsers, those among it that cannot be read."""
        for statement in statements:
            try:
                self.one(statement)
            except Refused as refused:
                named = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
                bound = {
                    one.id
                    for one in ast.walk(statement)
                    if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
                }
                self.unread |= dict.fromkeys(bound | (named & self.found.keys()), refused)

    def one(self, statement: ast.stmt) -> None:
        """Note what a statement does; raises `Refused`."""
        if isinstance(statement, Piece):
            self.check_uses(statement)
            return
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (made := self.made(value)) is not None:
                if name in self.found:
                    raise self.refuse(statement)
                self.found[name] = made
            case ast.Expr(value=value) if self.changed(value):
                return
            case ast.For() if (calls := unrolled(self.project, self.sources, self.module, statement)) is not None:
                for one in calls:
                    self.one(one)
            case _ if any(isinstance(one, ast.Name) and one.id in self.found for one in ast.walk(statement)):
                raise self.refuse(statement)

    def check_uses(self, piece: ast.AST) -> None:
        """Note the parsers with which a function does anything else than parse, make a copy, or tell of them; a class
        may hold one for its methods."""
        known: set[ast.AST] = set()
        for one in ast.walk(piece):
            match one:
                case ast.ClassDef(body=body):
                    known |= set(self.held(body))
                case ast.Attribute(attr=attr, value=value) if attr in HARMLESS:
                    known.add(value)
            match one:
                case ast.FunctionDef(decorator_list=around) | ast.ClassDef(decorator_list=around):
                    calls = [each for each in around if isinstance(each, ast.Call)]
                    known |= {
                        given for each in calls if ast.unparse(each.func).endswith(".expect") for given in each.args
                    }
                    known |= {
                        word.value
                        for each in calls
                        if ast.unparse(each.func).endswith(".doc")
                        for word in each.keywords
                        if word.arg == "parser"
                    }
        for one in of_module(piece, frozenset()):
            if one not in known:
                name = (self.meaning(one) or "").removeprefix(f"{self.module.name}.")
                if name in self.found:
                    self.unread[name] = self.refuse(one)

    def held(self, body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
        """The values of a class's attributes with which all of the project's code only parses."""
        for statement in chain.from_iterable(map(one_by_one, body)):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() as value) if self.only_parses(name):
                    yield value

    def only_parses(self, attribute: str) -> bool:
        """Whether all that is done with attributes of a name is to parse with them, or to copy them."""
        for module in self.project.modules.values():
            if f".{attribute}".encode() not in self.sources.files[module.file]:
                continue
            nodes = [one for one in ast.walk(self.sources.tree(module.file)) if isinstance(one, ast.Attribute)]
            parsed = {id(one.value) for one in nodes if one.attr in HARMLESS}
            if any(one.attr == attribute and id(one) not in parsed for one in nodes):
                return False
        return True

    def made(self, value: ast.expr) -> Parser | None:
        """The parser that an expression makes; None for anything else."""
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="copy"), args=[], keywords=[]):
                if name in self.unread:
                    raise self.unread[name]
                return self.found.get(name)
            case ast.Call(func=ast.Name() | ast.Attribute() as func) if (library := self.library_of(func)) is not None:
                flags: dict[str | None, ast.expr] = {one.arg: one.value for one in value.keywords}
                plain = all(isinstance(one, ast.Constant) for one in flags.values())
                if value.args or not plain or flags.keys() - {"trim", "bundle_errors"}:
                    raise self.refuse(value)
                on = {name for name, one in flags.items() if isinstance(one, ast.Constant) and one.value}
                return Parser((), "trim" in on, "bundle_errors" in on, library)
            case ast.Call(func=func, args=[*_]) if isinstance(func, ast.Attribute) and self.is_chain(func.value):
                inner = self.made(func.value)
                assert inner is not None
                return self.after(inner, value)
            case _:
                return None

    def library_of(self, func: ast.expr) -> str | None:
        """The library whose parser a call of this makes: its class, or a method such as `api.parser`."""
        meaning = self.meaning(func) or ""
        return PARSERS.get(MAKING.get(made_by(self.project, self.sources, meaning) or "", meaning))

    def is_chain(self, node: ast.expr) -> bool:
        """Whether an expression makes a parser, on which something more is called."""
        return isinstance(node, ast.Call) and self.made(node) is not None

    def changed(self, value: ast.expr) -> bool:
        """Whether a statement changes a parser, which is noted."""
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in self.found:
                self.found[name] = self.after(self.found[name], value)
                return True
            case ast.Call(func=ast.Attribute(value=ast.Call() as inner)) if self.changed(inner):
                name = next(one.id for one in ast.walk(inner) if isinstance(one, ast.Name) and one.id in self.found)
                self.found[name] = self.after(self.found[name], value)
                return True
            case _:
                return False

    def after(self, parser: Parser, call: ast.Call) -> Parser:
        """The parser after a call of one of its methods."""
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        if method == "remove_argument" and len(call.args) == 1 and not call.keywords:
            return self.without(parser, self.name_of(call))
        if method == "replace_argument":
            fewer = self.without(parser, self.name_of(call))
            changed = len(fewer.arguments) != len(parser.arguments)
            made = self.argument(call, False, parser.library)
            return replace(fewer, arguments=(*fewer.arguments, made)) if changed else parser
        if method == "add_argument":
            spelled = spelled_out(self.project, self.sources, self.module, call, parser.trim)
            if spelled is None:
                raise self.refuse(call)
            made = self.argument(spelled, parser.trim, parser.library)
            return replace(parser, arguments=(*parser.arguments, made))
        raise self.refuse(call)

    def without(self, parser: Parser, name: str) -> Parser:
        """The parser without the first argument of a name."""
        kept = list(parser.arguments)
        first = next((one for one in kept if self.name_of(one) == name), None)
        if first is not None:
            kept.remove(first)
        return replace(parser, arguments=tuple(kept))

    def name_of(self, call: ast.Call) -> str:
        """The name of an argument; raises `Refused` where it is computed."""
        match call.args[:1] or [one.value for one in call.keywords if one.arg == "name"]:
            case [ast.Constant(value=str() as name)]:
                return name
            case _:
                raise self.refuse(call)

    def argument(self, call: ast.Call, trim: bool, library: str) -> ast.Call:
        """`Argument(...)` for what `add_argument` is given; raises `Refused`."""
        self.name_of(call)
        given = dict(zip(PARAMETERS, call.args, strict=False))
        given |= {one.arg: one.value for one in call.keywords if one.arg is not None}
        if len(given) != len(call.args) + len(call.keywords) or given.keys() - set(PARAMETERS):
            raise self.refuse(call)
        if self.is_file(given):
            return self.file(call, given)
        if library == "flask_restx" and "type" in given and not self.is_plain_type(given["type"]):
            raise self.refuse(call)
        location = given.get("location")
        if location is not None:
            places = self.places(call, location)
            if (
                not places
                or not set(places) <= PLACES
                or (not isinstance(location, ast.Constant) and "headers" in places)
            ):
                raise self.refuse(call)
        if trim and "trim" not in given:
            given["trim"] = ast.Constant(True)
        converted = {name: _Inputs(self).visit(deepcopy(value)) for name, value in given.items()}
        words = [ast.keyword(name, value) for name, value in converted.items() if name != "name"]
        return ast.Call(ast.Name("Argument"), [converted["name"]], words)

    def is_file(self, given: Mapping[str, ast.expr]) -> bool:
        """Whether an argument is an uploaded file."""
        kind = given.get("type")
        return isinstance(kind, ast.Name | ast.Attribute) and self.meaning(kind) in FILES

    def file(self, call: ast.Call, given: Mapping[str, ast.expr]) -> ast.Call:
        """The argument for an uploaded file, or several; raises `Refused`."""
        place = given.get("location")
        action = given.get("action", ast.Constant("store"))
        is_known = isinstance(action, ast.Constant) and action.value in ("store", "append")
        is_placed = isinstance(place, ast.Constant) and place.value == "files"
        if not is_known or not is_placed or given.keys() - OF_FILES:
            raise self.refuse(call)
        words = [ast.keyword(name, value) for name, value in given.items() if name not in ("name", "type")]
        made = ast.Name(FILE.name)
        self.inputs[made] = FILE.module
        return ast.Call(ast.Name("Argument"), [given["name"]], [ast.keyword("type", made), *words])

    def files_of(self, parser: Parser) -> Mapping[str, str]:
        """The names under which files are found among the parsed arguments, with what is there."""
        found = {}
        for call in parser.arguments:
            words = {one.arg: one.value for one in call.keywords}
            if words.get("type") in self.inputs and self.inputs[words["type"]] == FILE.module:
                action, dest = words.get("action"), words.get("dest")
                name = dest.value if isinstance(dest, ast.Constant) else self.name_of(call)
                several = isinstance(action, ast.Constant) and action.value == "append"
                found[str(name)] = "uploads" if several else "upload"
        return found

    def is_plain_type(self, node: ast.expr) -> bool:
        """Whether a type is a function or one of Python's: Flask-RESTX takes models, too, which write what is sent."""
        match node:
            case ast.Lambda():
                return True
            case ast.Call(func=ast.Name() | ast.Attribute() as func):
                return (self.meaning(func) or "").startswith("flask_restx.inputs.")
            case ast.Name(id=name):
                known = self.module.definitions.get(name)
                if known is not None:
                    return known.kind == "function" and not known.rebound
        return ast.unparse(node) in TYPES or (self.meaning(node) or "").startswith("flask_restx.inputs.")

    def places(self, call: ast.Call, location: ast.expr) -> tuple[str, ...]:
        """The places of an argument; raises `Refused` where they are computed."""
        try:
            found = ast.literal_eval(location)
        except ValueError:
            raise self.refuse(call) from None
        return (found,) if isinstance(found, str) else tuple(found)


class _Inputs(ast.NodeTransformer):
    """Types of a library's `inputs` under the names of their counterparts."""

    def __init__(self, parsers: Parsers) -> None:
        self.parsers = parsers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.replaced(node) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self.replaced(node) or self.generic_visit(node)

    def replaced(self, node: ast.Name | ast.Attribute) -> ast.expr | None:
        meaning = self.parsers.meaning(node) or ""
        library = next((one for one in HELPERS if meaning.startswith(f"{one}.inputs.")), None)
        if library is None:
            return None
        name = meaning.rpartition(".")[2]
        if name not in INPUTS and name not in OWN_INPUTS[library]:
            raise self.parsers.refuse(node)
        made = ast.Name(name)
        self.parsers.inputs[made] = OWN_INPUTS[library].get(name, HELPERS[library])
        return made
