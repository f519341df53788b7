"""What is known of a local's value: the kind that it declares, or that every one of its assignments gives it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

import libcst as cst

from . import patterns as m
from .names import Names
from .search import findall

RESPONSES = frozenset({"flask.Response", "werkzeug.wrappers.Response", "werkzeug.Response"})
BINDING = m.Assign(targets=[m.AssignTarget(target=m.Name())]) | m.NamedExpr() | m.For() | m.CompFor()


def declared_kinds(
    function: cst.FunctionDef, names: Names, response: str | None, later: Collection[str]
) -> Mapping[str, str]:
    """The parameters that are responses: `response`, those that say so, and those of the functions in `later`, which
    Flask hands one."""
    found = {response} if response is not None else set()
    for inner in (function, *findall(function.body, m.FunctionDef())):
        assert isinstance(inner, cst.FunctionDef)
        for param in inner.params.params:
            annotated = param.annotation is not None and names.qualified(param.annotation.annotation) in RESPONSES
            if annotated or inner.name.value in later:
                found.add(param.name.value)
    return dict.fromkeys(found, "response")


def local_kinds(
    function: cst.FunctionDef, names: Names, kind: Callable[[cst.BaseExpression], str]
) -> Mapping[str, str]:
    """The kind of each local whose bindings are all assignments of values of that one kind, or loops over such."""
    found: dict[str, set[str]] = {}
    assigned: Counter[str] = Counter()
    for node in findall(function, BINDING):
        for target, value_kind in _bound(node, kind):
            found.setdefault(target, set()).add(value_kind)
            assigned[target] += 1
    return {
        name: next(iter(kinds))
        for name, kinds in found.items()
        if len(kinds) == 1 and names.bindings.get(name, 0) == assigned[name]
    }


def _bound(node: cst.CSTNode, kind: Callable[[cst.BaseExpression], str]) -> list[tuple[str, str]]:
    """The names that a statement binds, with the kind of what they get."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            return [(name, kind(value))]
        case cst.NamedExpr(target=cst.Name(value=name), value=value):
            return [(name, kind(value))]
        case cst.For(target=cst.Name(value=name), iter=value) | cst.CompFor(target=cst.Name(value=name), iter=value):
            return [(name, "upload" if kind(value) == "uploads" else "unknown")]
        case (
            cst.For(target=cst.Tuple(elements=elements), iter=value)
            | cst.CompFor(target=cst.Tuple(elements=elements), iter=value)
        ) if kind(value) == "named uploads" and all(isinstance(one.value, cst.Name) for one in elements):
            kinds = ("unknown", "upload")
            return [(cst.ensure_type(one.value, cst.Name).value, kinds[place]) for place, one in enumerate(elements)]
        case _:
            return []


def kind_of_either(node: cst.BooleanOperation, kind: Callable[[cst.BaseExpression], str]) -> str:
    """The kind of `files or []`, which is that of the files."""
    is_empty = isinstance(node.right, cst.List | cst.Tuple) and not node.right.elements
    return "uploads" if isinstance(node.operator, cst.Or) and is_empty and kind(node.left) == "uploads" else "unknown"
