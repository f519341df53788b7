"""What decides, when the code runs, whether a schema is for many objects or for part of one.

todos.dump(rows, many=several)    →    (TodoOut.dump_many if several else TodoOut.dump)(rows)
"""

from collections.abc import Collection

import libcst as cst

from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall

ASKING = m.Name("isinstance") | m.Name("bool") | m.Attribute(attr=m.Name("get"))
"""What may be called: nothing changes by it."""
RUNNING = m.one_of(m.Await(), m.Yield(), m.Lambda(), m.NamedExpr(), m.CompFor())

BOOLEAN = m.Name("True") | m.Name("False")


def is_plain(node: cst.BaseExpression) -> bool:
    """Whether it does not matter when an expression is asked: it reads names, compares and looks up."""
    if findall(node, RUNNING):
        return False
    return all(m.matches(cst.ensure_type(one, cst.Call).func, ASKING) for one in findall(node, m.Call()))


def truths_in(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """The names in a function that are true or false: parameters whose type or default says so, and what such an
    expression is given as."""
    params = [
        one.name.value
        for one in (*function.params.params, *function.params.kwonly_params)
        if (one.annotation is not None and m.matches(one.annotation.annotation, m.Name("bool")))
        or (one.default is not None and m.matches(one.default, BOOLEAN))
    ]
    found = frozenset(one for one in params if names.bindings.get(one, 0) <= 1)
    for node in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())])):
        assign = cst.ensure_type(node, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        if names.bindings.get(name) == 1 and (m.matches(assign.value, BOOLEAN) or is_truth(assign.value, found)):
            found |= {name}
    return found


def is_truth(node: cst.BaseExpression, truths: Collection[str]) -> bool:
    """Whether an expression is true or false for sure, and not something that counts as such; `truths` are names of
    what is."""
    match node:
        case cst.Comparison() | cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.BooleanOperation(left=left, right=right):
            return is_truth(left, truths) and is_truth(right, truths)
        case cst.Name(value=name):
            return name in truths
        case cst.Call(func=cst.Name(value="isinstance" | "bool")):
            return True
    return False


def stays(node: cst.BaseExpression, names: Names) -> bool:
    """Whether an expression means the same later in its function: it is made of names that are bound once."""
    if not is_plain(node) or findall(node, m.Attribute()):
        return False
    found = [cst.ensure_type(one, cst.Name).value for one in findall(node, m.Name())]
    return all(
        one in ("isinstance", "bool", "list", "tuple", "dict", "True", "False", "None")
        if one not in names.local
        else names.bindings.get(one, 0) <= 1
        for one in found
    )
