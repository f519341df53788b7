"""Which expressions of a view are the JSON body, and which of its keys the view reads by name."""

from collections.abc import Collection, Mapping

import libcst as cst
import libcst.matchers as m

from .names import Names
from .rule import string
from .search import findall

READ = "flask.request.get_json"
ATTRIBUTE = "flask.request.json"


def is_plain_body(node: cst.BaseExpression, names: Names) -> bool:
    """`request.get_json()` without arguments, or `request.json`."""
    if isinstance(node, cst.Call):
        return not node.args and names.qualified(node.func) == READ
    return names.qualified(node) == ATTRIBUTE


def is_body(node: cst.BaseExpression, names: Names, local: Collection[str] = ()) -> bool:
    """Whether an expression is the decoded body, or a default where there is none; `local` are names that hold it."""
    match node:
        case cst.Call(func=func):
            return names.qualified(func) == READ
        case cst.Name(value=name) if name in local:
            return True
        case cst.BooleanOperation(left=left, operator=cst.Or(), right=right):
            return is_body(left, names, local) and m.matches(right, m.Dict(elements=[]) | m.List(elements=[]))
        case _:
            return names.qualified(node) == ATTRIBUTE


def body_locals(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """The locals that hold the body and nothing else."""
    found = set()
    for assign in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())])):
        assert isinstance(assign, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        if names.bindings.get(name) == 1 and is_body(assign.value, names):
            found.add(name)
    return frozenset(found)


def body_keys(function: cst.FunctionDef, names: Names) -> Mapping[str, None]:
    """The keys that a function reads of the body by a constant, in the order of its lines."""
    local = body_locals(function, names)
    found: dict[str, None] = {}
    pattern = m.Subscript() | m.Call(func=m.Attribute(attr=m.Name("get"))) | m.Comparison()
    for node in findall(function.body, pattern):
        match node:
            case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
                key = string(index) if is_body(value, names, local) else None
            case cst.Call(func=cst.Attribute(value=value), args=[cst.Arg(value=first), *_]):
                key = string(first) if is_body(value, names, local) else None
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(cst.In() | cst.NotIn(), value)]):
                key = string(left) if is_body(value, names, local) else None
            case _:
                key = None
        if key is not None:
            found[key] = None
    return found
