"""The classes of a class-based view and the values of its attributes, as the source has them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from codemods.app.functions.inner_functions import Function
from codemods.findings import Location
from codemods.model import Module
from codemods.view.assignments import one_by_one

CASES = frozenset({"lower", "upper", "title", "capitalize"})
"""Methods of a text that only change its letters."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One class of the project's in the order of lookup."""

    module: Module
    node: ast.ClassDef

    @property
    def qualified(self) -> str:
        return f"{self.module.name}.{self.node.name}"

    @property
    def location(self) -> Location:
        return Location(self.module.file, self.node.lineno)

    @property
    def known(self) -> frozenset[str]:
        """The names of its module."""
        return frozenset({*self.module.definitions, *self.module.imports})

    def methods(self) -> dict[str, Function]:
        """The functions of the class's body."""
        return {one.name: one for one in self.node.body if isinstance(one, Function)}

    def bound_before(self, value: ast.expr) -> frozenset[str]:
        """The names of the class's body that the value of one of its attributes would mean: those bound above it."""
        found = {name for name, node in self.methods().items() if node.lineno < value.lineno}
        for name, one in self.attributes().items():
            if one is value:
                break
            found.add(name)
        return frozenset(found)

    def attributes(self) -> dict[str, ast.expr]:
        """The values that the class's body assigns."""
        found: dict[str, ast.expr] = {}
        for statement in chain.from_iterable(map(one_by_one, self.node.body)):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found[name] = value
        return found


@dataclass(frozen=True, slots=True)
class Given:
    """The value of an attribute: an expression, and the module whose names it uses. `owner` has it, unless it was given
    to `__init__`."""

    value: ast.expr
    module: Module
    owner: Owner | None = None

    @property
    def of_class(self) -> bool:
        """Whether a class has it, and all instances share it."""
        return self.owner is not None


def text_of(value: ast.expr, values: Mapping[str, Given]) -> str | None:
    """A text that is made of constants and of names of definitions among these values; None for any other."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name in values:
            return text_of(values[name].value, {})
        case ast.Attribute(value=ast.Name(id=name), attr="__name__") if name in values:
            given = values[name]
            is_own = isinstance(given.value, ast.Name) and given.value.id in given.module.definitions
            return ast.unparse(given.value) if is_own else None
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]) if method in CASES:
            known = text_of(inner, values)
            return None if known is None else str(getattr(known, method)())
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [text_of(left, values), text_of(right, values)]
        case ast.JoinedStr(values=pieces):
            parts = [text_of(one, values) for one in pieces]
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            return text_of(inner, values)
        case _:
            return None
    return None if None in parts else "".join(filter(None, parts))


def is_of_class(node: Function) -> bool:
    """Whether a method is called with its class in the place of an instance."""
    return bool(node.decorator_list) and ast.unparse(node.decorator_list[0]) == "classmethod"


def set_on(node: ast.AST, instance: str) -> Iterator[ast.Attribute]:
    """Where code sets or deletes an attribute of the object of that name."""
    for one in ast.walk(node):
        match one:
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name == instance:
                yield one
