"""Locals of a view that become parameters of its endpoint."""

import ast
from collections import Counter

import libcst as cst

from .names import Names, as_ast


def adoptable(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """Locals that only ever hold one read of the request of their own name: `page = request.args.get("page", 1)`.

    They become the parameter itself.
    """
    tree = as_ast(function)
    found: set[str] = set()
    reads: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="get" | "getlist"), args=[ast.Constant(value=str() as key), *_]):
                reads[key] += 1
            case ast.Subscript(slice=ast.Constant(value=str() as key)):
                reads[key] += 1
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]),
            ) if name == key and names.bindings.get(name) == 1 and reads[name] == 1:
                found.add(name)
    return frozenset(found)
