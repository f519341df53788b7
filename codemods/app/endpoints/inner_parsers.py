"""Request parsers that a function, a class or its `__init__` makes for itself: one at the top of the target's module.

def get(self):                                   numbers_parser = RequestParser([Argument("n", type=int)])
    parser = reqparse.RequestParser()       →
    parser.add_argument("n", type=int)           def get_numbers(request: Request, body: Body) -> Response:
    args = parser.parse_args()                       args = numbers_parser.parse_args(request, body)
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import count

import libcst as cst

from codemods.carry import Carrier
from codemods.extensions.basis.objects import CHAINED, made_by
from codemods.extensions.resources.request_parsers import PARSERS, PARSES
from codemods.findings import Location
from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.rename import snake_case
from codemods.view.search import findall
from codemods.view.visiting import Visitor

MAKES = b"RequestParser"


def with_inner_parsers(
    carrier: Carrier, function: cst.FunctionDef, names: Names, wanted: str, location: Location
) -> tuple[cst.FunctionDef, Names]:
    """A view without the statements that make parsers, and its names; as it is where there are none that can be moved.

    `wanted` is what the parser is called, before `_parser`; the function stands at `location`. Raises `Refused` for a
    parser that cannot be read.
    """
    if not carrier.sources.mentions(names.module.file, MAKES):
        return function, names
    body = function.body.body
    statements = carrier.sources.as_ast(function).body
    found = parser_statements(carrier, names.module, statements, "")
    for variable, made in found.items():
        uses = findall(function.body, m.Name(variable))
        parsed = findall(function.body, m.Attribute(value=m.Name(variable), attr=m.Name("parse_args")))
        used = {one.id for each in made for one in ast.walk(each) if isinstance(one, ast.Name)} - {variable}
        used -= _of_loops(made, statements)
        if len(body) != len(statements) or len(uses) != len(made) + len(parsed) or used & names.local:
            continue
        qualified = moved(carrier, names.module, wanted, variable, made, "", location)
        own = qualified.rpartition(".")[2]
        kept = [one for one, each in zip(body, statements, strict=True) if each not in made]
        renamed = _Renamed(variable, own).rewrite(function.body.with_changes(body=kept))
        function = function.with_changes(body=renamed)
        names = replace(names, local=names.local - {variable}, imported={**names.imported, own: qualified})
        return function, names
    return function, names


def parser_statements(
    carrier: Carrier, module: Module, statements: Iterable[ast.stmt], instance: str
) -> Mapping[str, Sequence[ast.stmt]]:
    """The statements that make parsers and fill them, by the parser's name: a local, or an attribute of `instance`."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[target], value=ast.Call() as value) if makes_parser(carrier, module, value):
                name = _name(target, instance)
                if name and name not in found:
                    found[name] = [statement]
            case ast.Expr(value=ast.Call() as value):
                func = _first(value).func
                if isinstance(func, ast.Attribute) and func.attr in CHAINED:
                    name = _name(func.value, instance)
                    if name in found:
                        found[name].append(statement)
            case ast.For(body=[ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=attr)))]) if (
                attr in CHAINED
            ):
                if (name := _name(owner, instance)) in found:
                    found[name].append(statement)
    return found


def _of_loops(made: Sequence[ast.stmt], statements: Sequence[ast.stmt]) -> set[str]:
    """The names that loops among some of the statements of a function bind, and that no other has."""
    loops = [one for one in made if isinstance(one, ast.For)]
    bound = {each.id for one in loops for each in ast.walk(one.target) if isinstance(each, ast.Name)}
    others = [one for one in statements if one not in loops]
    return bound - {each.id for one in others for each in ast.walk(one) if isinstance(each, ast.Name)}


def makes_parser(carrier: Carrier, module: Module, call: ast.Call) -> bool:
    """Whether a call makes a request parser, or a copy of a module's own, maybe with arguments added at once."""
    func = _first(call).func
    if not isinstance(func, ast.Name | ast.Attribute):
        return False
    names = Names(carrier.project, module, frozenset(), {})
    qualified = names.qualified(cst.parse_expression(ast.unparse(func))) or ""
    if qualified.endswith(".copy"):
        owner = qualified.removesuffix(".copy")
        return made_by(carrier.project, carrier.sources, f"{owner}.parse_args") in PARSES
    return qualified in PARSERS


def moved(
    carrier: Carrier,
    module: Module,
    wanted: str,
    variable: str,
    statements: Sequence[ast.stmt],
    instance: str,
    place: Location,
) -> str:
    """The qualified name of a parser that these statements make, at the top of its module; raises `Refused`.

    A place is read more than once, where what it belongs to answers several endpoints: it has one parser all the same.
    """
    stem = f"{snake_case(wanted)}_parser"
    for number in count(1):
        own = stem if number == 1 else f"{stem}_{number}"
        renaming = _Variable(variable, own, instance)
        inner = [renaming.visit(deepcopy(one)) for one in statements]
        known = carrier.inner_parsers.get(f"{module.name}.{own}")
        if known == (place, "\n".join(map(ast.unparse, inner))):
            return f"{module.name}.{own}"
        if known is None and own not in module.definitions and own not in module.imports:
            return carrier.inner_parser(module, own, inner, place)
    raise AssertionError


def _first(call: ast.Call) -> ast.Call:
    """The call at the start of a chain of calls."""
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        call = call.func.value
    return call


def _name(target: ast.expr, instance: str) -> str:
    match target:
        case ast.Name(id=name) if not instance:
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == instance:
            return name
        case _:
            return ""


class _Variable(ast.NodeTransformer):
    """A parser's variable, or the attribute that holds it, under its new name."""

    def __init__(self, old: str, new: str, instance: str) -> None:
        self.old, self.new, self.instance = old, new, instance

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.new, node.ctx) if _name(node, self.instance) == self.old else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        is_parser = _name(node, self.instance) == self.old
        return ast.Name(self.new, node.ctx) if is_parser else self.generic_visit(node)


class _Renamed(Visitor):
    """A local under another name."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return cst.Name(self.new) if original_node.value == self.old else updated_node
