"""Expressions with every name spelled out in full, so that they mean the same in any module.

Where `User` is imported from `shop.schemas`, `page(User, size=3)` is `shop.pages.page(shop.schemas.User, size=3)`.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field

import libcst as cst

from codemods.model import Module, Project

from .names import BUILTINS, Names, canonical, split
from .rule import code

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


@dataclass(slots=True)
class ModuleNames:
    """The names that code of elsewhere needs in a module, beside those that the module has.

    `added` are those by what they stand for; it `collides` where a name means something else in the module, or nothing
    that is known.
    """

    project: Project
    module: Module
    added: dict[str, str] = field(default_factory=dict)
    collides: bool = False

    def bind(self, name: str, target: ast.expr | None) -> None:
        """Have a name stand for what it is spelled out as."""
        if target is None:
            self.collides = True
            return
        wanted, here = ast.unparse(target), spelled(self.project, self.module, ast.Name(name, ast.Load()))
        if here is None or (wanted != name and ast.unparse(here) == name):
            here = dotted(self.added.setdefault(name, wanted))
        self.collides |= ast.unparse(here) != wanted

    def short(self, node: ast.expr) -> ast.expr:
        """An expression whose names are spelled out as it would stand in the module."""
        match node:
            case ast.Attribute():
                text = ast.unparse(node)
                module, rest = split(self.project, text)
                shown = rest if module is not None and rest else text.rpartition(".")[2]
                root = shown.partition(".")[0]
                self.bind(root, dotted(text.removesuffix(shown) + root))
                return dotted(shown)
            case ast.Call(func=func, args=args, keywords=keywords):
                named = [ast.keyword(one.arg, self.short(one.value)) for one in keywords]
                return ast.Call(self.short(func), [self.short(one) for one in args], named)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return type(node)([self.short(one) for one in elements], ast.Load())
            case _:
                return node
