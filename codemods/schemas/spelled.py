"""Expressions with every name spelled out in full, so that they mean the same in any module.

Where `User` is imported from `shop.schemas`, `page(User, size=3)` is `shop.pages.page(shop.schemas.User, size=3)`.
"""

import ast
from collections.abc import Collection

import libcst as cst

from codemods.model import Module, Project
from codemods.view.names import BUILTINS, Names, canonical

from .reading import code

OPEN = "?"
"""What stands before a name that is still to be filled in; no name of Python's begins with it."""


def spelled_node(node: cst.BaseExpression, names: Names) -> str:
    """The text of an expression of a function; empty where it has a local of that, or anything but names and calls."""
    found = spelled(names.project, names.module, ast.parse(code(node), mode="eval").body, names.local | names.outer)
    return ast.unparse(found) if found is not None else ""


def spelled(
    project: Project, module: Module, node: ast.expr, local: Collection[str] = (), params: Collection[str] = ()
) -> ast.expr | None:
    """An expression of a module, made of names, literals and calls only; None for any other, or for one with a `local`.

    `params` are locals that a caller gives: they stay open.
    """

    def of(one: ast.expr) -> ast.expr | None:
        return spelled(project, module, one, local, params)

    match node:
        case ast.Constant():
            return node
        case ast.Name() | ast.Attribute():
            return _name(project, module, node, local, params)
        case ast.Call(func=func, args=args, keywords=keywords):
            parts = [of(func), *map(of, args), *(of(one.value) if one.arg else None for one in keywords)]
            if None in parts:
                return None
            known = [one for one in parts if one is not None]
            named = zip(keywords, known[1 + len(args) :], strict=True)
            return ast.Call(known[0], known[1 : 1 + len(args)], [ast.keyword(one.arg, value) for one, value in named])
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            found = [of(one) for one in elements]
            items = [one for one in found if one is not None]
            return type(node)(items, ast.Load()) if len(items) == len(elements) else None
        case _:
            return None


def _name(
    project: Project, module: Module, node: ast.expr, local: Collection[str], params: Collection[str]
) -> ast.expr | None:
    chain = []
    while isinstance(node, ast.Attribute):
        chain.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    root = node.id
    if root in params:
        return ast.Name(OPEN + root, ast.Load()) if not chain else None
    if root in local:
        return None
    if root in module.definitions:
        target = f"{module.name}.{root}"
    elif root in module.imports:
        target = module.imports[root]
    elif root in BUILTINS:
        return ast.Name(root, ast.Load()) if not chain else None
    else:
        return None
    return dotted(canonical(project, ".".join([target, *reversed(chain)])))


def dotted(name: str) -> ast.expr:
    """A dotted name as an expression."""
    first, *rest = name.split(".")
    node: ast.expr = ast.Name(first, ast.Load())
    for one in rest:
        node = ast.Attribute(node, one, ast.Load())
    return node
