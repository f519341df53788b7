"""Patterns of nodes, in the words of `libcst.matchers`: `Call(func=Name("print"))`, `Name() | Attribute()`.

Loading libcst's matchers takes longer than converting a small application, and they match by way of everything that a
pattern does not ask for. These know classes, fields and alternatives; what a pattern leaves out may be anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TypeAlias

import libcst as cst

Wanted: TypeAlias = "Pattern | Sequence[Pattern] | str | None"
"""What a field has to be: a matching node, as many matching nodes, a text, or nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Nodes of one class with such fields."""

    kind: type[cst.CSTNode]
    fields: tuple[tuple[str, Wanted], ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Nodes of one of several shapes; `kinds` are their classes, and `is_bare` tells that only these are asked for."""

    shapes: tuple[Shape, ...]
    kinds: frozenset[type[cst.CSTNode]] = field(init=False)
    is_bare: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset(one.kind for one in self.shapes))
        object.__setattr__(self, "is_bare", not any(one.fields for one in self.shapes))

    def __or__(self, other: "Pattern") -> "Pattern":
        return Pattern(self.shapes + other.shapes)


class Kind:
    """Makes the patterns of one class of nodes; fields by place stand in the order of the class."""

    def __init__(self, kind: type[cst.CSTNode]) -> None:
        self.kind = kind
        self.any = Pattern((Shape(kind),))

    def __call__(self, *values: Wanted, **named: Wanted) -> Pattern:
        if not values and not named:
            return self.any
        ordered = tuple(zip(_fields(self.kind), values, strict=False))
        return Pattern((Shape(self.kind, (*ordered, *named.items())),))


def matches(node: object, pattern: Pattern) -> bool:
    """Whether a node has one of the pattern's shapes."""
    kind = type(node)
    return kind in pattern.kinds and any(
        kind is shape.kind and all(_fits(getattr(node, name), wanted) for name, wanted in shape.fields)
        for shape in pattern.shapes
    )


def one_of(*patterns: Pattern) -> Pattern:
    """What one of several patterns matches."""
    return Pattern(tuple(shape for pattern in patterns for shape in pattern.shapes))


def _fits(value: object, wanted: Wanted) -> bool:
    if isinstance(wanted, Pattern):
        return matches(value, wanted)
    if isinstance(wanted, str) or wanted is None:
        return value == wanted
    assert isinstance(value, Sequence)
    return len(value) == len(wanted) and all(map(matches, value, wanted))


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


AnnAssign = Kind(cst.AnnAssign)
Arg = Kind(cst.Arg)
Assign = Kind(cst.Assign)
AssignTarget = Kind(cst.AssignTarget)
Attribute = Kind(cst.Attribute)
AugAssign = Kind(cst.AugAssign)
Await = Kind(cst.Await)
Call = Kind(cst.Call)
CompFor = Kind(cst.CompFor)
Comparison = Kind(cst.Comparison)
ComparisonTarget = Kind(cst.ComparisonTarget)
Del = Kind(cst.Del)
Dict = Kind(cst.Dict)
ExceptHandler = Kind(cst.ExceptHandler)
Expr = Kind(cst.Expr)
For = Kind(cst.For)
From = Kind(cst.From)
FormattedStringExpression = Kind(cst.FormattedStringExpression)
FunctionDef = Kind(cst.FunctionDef)
Global = Kind(cst.Global)
If = Kind(cst.If)
IfExp = Kind(cst.IfExp)
In = Kind(cst.In)
Is = Kind(cst.Is)
IsNot = Kind(cst.IsNot)
Lambda = Kind(cst.Lambda)
List = Kind(cst.List)
Name = Kind(cst.Name)
NamedExpr = Kind(cst.NamedExpr)
Nonlocal = Kind(cst.Nonlocal)
Not = Kind(cst.Not)
NotIn = Kind(cst.NotIn)
Raise = Kind(cst.Raise)
Return = Kind(cst.Return)
Set = Kind(cst.Set)
SimpleStatementLine = Kind(cst.SimpleStatementLine)
SimpleString = Kind(cst.SimpleString)
Subscript = Kind(cst.Subscript)
Try = Kind(cst.Try)
TryStar = Kind(cst.TryStar)
UnaryOperation = Kind(cst.UnaryOperation)
While = Kind(cst.While)
With = Kind(cst.With)
Yield = Kind(cst.Yield)
