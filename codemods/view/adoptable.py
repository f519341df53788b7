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
    reads = Counter(key.lower().replace("-", "_") for node in ast.walk(tree) if (key := _key(node)) is not None)
    return frozenset(
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (name := node.targets[0].id) == _key(node.value) and reads[name.lower()] == names.bindings.get(name) == 1
        if _is_of_request(node.value, names) and not _converts(node.value)
    )


def _key(node: ast.AST) -> str | None:
    """The key of what may be a read of the request."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "getlist"), args=[ast.Constant(value=str() as key), *_]):
            return key
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case _:
            return None


def _is_of_request(node: ast.expr, names: Names) -> bool:
    """Whether what is read is a part of the request."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(value=ast.Name(id=name)))):
            return names.of_name(name) == "flask.request"
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name))):
            return names.of_name(name) == "flask.request"
        case _:
            return False


def _converts(node: ast.expr) -> bool:
    """Whether a read converts by a function of its own, which must not be given its own result: in a loop, say."""
    kinds = [one.value for one in node.keywords if one.arg == "type"] if isinstance(node, ast.Call) else []
    return any(not isinstance(one, ast.Name) or one.id not in ("int", "float", "str", "bool") for one in kinds)
