"""Which expressions of a view are the JSON body."""

from collections.abc import Collection

import libcst as cst

from . import patterns as m
from .names import Names
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
