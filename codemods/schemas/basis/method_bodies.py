"""What the body of a hook or method does with a name: uses it, only reads it, returns a value."""

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .reading import code

#: how loaded data may be looked at in a check: anything else could change it, or give it away
READS = frozenset({"get", "items", "keys", "values"})


def count(function: cst.FunctionDef, name: str) -> int:
    """How often a name is used; attributes and keywords of that name are none."""
    uses = _Uses(name)
    uses.visit(function.body)
    return uses.count


def only_reads(function: cst.FunctionDef, name: str) -> bool:
    """Whether loaded data is only looked into: `data["x"]`, `data.get("x")`, `"x" in data`."""
    own = m.Name(name)
    reads: list[m.Pattern] = [
        m.Subscript(value=own),
        m.Call(func=m.Attribute(value=own)),
        m.Comparison(comparisons=[m.ComparisonTarget(operator=m.In() | m.NotIn(), comparator=own)]),
    ]
    found = sum(len(findall(function.body, one)) for one in reads)
    methods = findall(function.body, m.Attribute(value=own))
    stored = [
        *findall(function.body, m.AssignTarget(target=m.Subscript(value=own))),
        *findall(function.body, m.AugAssign(target=m.Subscript(value=own))),
        *findall(function.body, m.Del()),
    ]
    allowed = all(isinstance(one, cst.Attribute) and one.attr.value in READS for one in methods)
    return found == count(function, name) and allowed and not stored


def repeats(function: cst.FunctionDef) -> bool:
    """Whether what stands in it may run more than once, or later."""
    return any(findall(function.body, one) for one in (m.For(), m.While(), m.Lambda(), m.CompFor(), m.FunctionDef()))


def is_generator(function: cst.FunctionDef) -> bool:
    """Whether it yields."""
    return bool(findall(function.body, m.Yield()))


def returns_value(function: cst.FunctionDef) -> bool:
    """Whether a `return` in it gives a value."""
    returns = findall(function.body, m.Return())
    return any(isinstance(one, cst.Return) and one.value is not None for one in returns)


def is_class_name(node: cst.BaseExpression) -> bool:
    """Whether what a function is said to return may be a class of objects."""
    return isinstance(node, cst.Name | cst.Attribute) and code(node) not in ("dict", "list", "tuple")


class _Uses(Visitor):
    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0
        self.skipped: set[int] = set()

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.skipped.add(id(node.attr))

    def visit_Arg(self, node: cst.Arg) -> None:
        self.skipped.add(id(node.keyword))

    def visit_Name(self, node: cst.Name) -> None:
        if node.value == self.name and id(node) not in self.skipped:
            self.count += 1
