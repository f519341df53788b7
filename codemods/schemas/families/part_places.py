"""Where code makes schemas with `only` or `exclude`: `schema = UserSchema(only=("id", "name"))` in a view, say."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..basis.plan import SIDES, Side

OPTIONS = ("only", "exclude")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A call that makes such a schema: where it is, and the names around it, empty where there are none.

    `variable` is what it is assigned to. `many` tells that it is for several objects, `narrows` that it says which
    fields it wants, not which it does not.
    """

    file: str
    line: int
    column: int
    variable: str = ""
    function: str = ""
    owner: str = ""
    sides: tuple[Side, ...] = SIDES
    many: bool = False
    narrows: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    """The class, function and statement around a node. `is_nesting` tells that it says what a schema's field nests."""

    owner: str = ""
    function: str = ""
    variable: str = ""
    is_nesting: bool = False


def places(tree: ast.Module, file: str, is_schema: Callable[[str], bool]) -> Iterator[tuple[ast.Call, Place]]:
    """The calls with such an option. Those in the body of a class that `is_schema` are not among them: they say what
    its fields nest."""
    waiting: list[tuple[ast.AST, _Around]] = [(tree, _Around())]
    used: dict[ast.AST, tuple[tuple[Side, ...], bool]] = {}
    while waiting:
        node, around = waiting.pop()
        match node:
            case ast.ClassDef(name=name):
                around = _Around(owner=name, is_nesting=is_schema(name) and not around.function)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                around = _Around(around.owner, around.function or name)
            case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr="load" | "dump" as side)) if has_option(
                made
            ):
                used[made] = (("load",) if side == "load" else ("dump",), _is_many(node))
            case ast.Call() if has_option(node) and not around.is_nesting:
                sides, many = used.get(node, (SIDES, False))
                narrows = any(one.arg == "only" for one in node.keywords)
                where = (file, node.lineno, node.col_offset, around.variable, around.function, around.owner)
                yield node, Place(*where, sides, many or _is_many(node), narrows)
        waiting += [(child, _inside(node, child, around)) for child in reversed(list(ast.iter_child_nodes(node)))]


def has_option(call: ast.Call) -> bool:
    """Whether a call has such an option."""
    return any(one.arg in OPTIONS for one in call.keywords)


def _inside(node: ast.AST, child: ast.AST, around: _Around) -> _Around:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            variable = name if child is value and isinstance(value, ast.Call) and has_option(value) else ""
            return _Around(around.owner, around.function, variable, around.is_nesting)
        case _:
            return _Around(around.owner, around.function, "", around.is_nesting)


def _is_many(call: ast.Call) -> bool:
    return any(
        one.arg == "many" and isinstance(one.value, ast.Constant) and one.value.value is True for one in call.keywords
    )
