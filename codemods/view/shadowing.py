"""Variables of comprehensions that hide a name of the module which other parts of the function use.

    user = g.user                                  user = g.user
    return [g.id for g in user.groups]      →      return [g_item.id for g_item in user.groups]

Each name of a function then means one thing.
"""

import ast
import builtins
from collections.abc import Iterator

import libcst as cst

from codemods.scan.outer_names import Comprehension, outer_names, targets

from . import patterns as m
from .rename import Renaming
from .search import findall
from .visiting import Visitor

SPELLED = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp


def without_shadowing(function: cst.FunctionDef, node: ast.FunctionDef | ast.AsyncFunctionDef) -> cst.FunctionDef:
    """The function with names of their own for such variables; `node` is the same function."""
    hiding = _hiding(node) if findall(function, m.CompFor()) else set()
    if not hiding:
        return function
    taken = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    names = {}
    for name in sorted(hiding):
        wanted = f"{name}_item"
        while wanted in taken:
            wanted += "_"
        names[name] = wanted
    return _Renamed(names).rewrite(function)


def _hiding(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The variables of comprehensions that are names of the module elsewhere in the function."""
    inner = [one for one in ast.walk(node) if isinstance(one, Comprehension)]
    bound = {name for one in inner for name in targets(one)} - set(dir(builtins))
    if not bound:
        return set()
    outside = list(outer_names(node))
    read = {one.id for one in outside if isinstance(one.ctx, ast.Load)}
    others = {one.id for one in outside if not isinstance(one.ctx, ast.Load)}
    others |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for one in ast.walk(node):
        match one:
            case ast.alias(name=name, asname=own):
                others.add(own or name.partition(".")[0])
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                others.update(names)
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                others.add(name)
            case ast.NamedExpr(target=ast.Name(id=name)):
                others.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                others.add(name)
    return (bound & read) - others


class _Renamed(Visitor):
    """Comprehensions whose variables have other names; what the first runs over is still outside of it."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names

    def renamed(self, original: SPELLED, updated: SPELLED) -> SPELLED:
        """A comprehension, those within which are renamed already."""
        own = {name: self.names[name] for name in self.names if name in _variables(original.for_in)}
        if not own:
            return updated
        outer = updated.for_in.iter
        changed = Renaming(own).rewrite(updated)
        return changed.with_changes(for_in=changed.for_in.with_changes(iter=outer))

    def leave_ListComp(self, original_node: cst.ListComp, updated_node: cst.ListComp) -> cst.BaseExpression:
        return self.renamed(original_node, updated_node)

    def leave_SetComp(self, original_node: cst.SetComp, updated_node: cst.SetComp) -> cst.BaseExpression:
        return self.renamed(original_node, updated_node)

    def leave_DictComp(self, original_node: cst.DictComp, updated_node: cst.DictComp) -> cst.BaseExpression:
        return self.renamed(original_node, updated_node)

    def leave_GeneratorExp(self, original_node: cst.GeneratorExp, updated_node: cst.GeneratorExp) -> cst.BaseExpression:
        return self.renamed(original_node, updated_node)


def _variables(loop: cst.CompFor) -> Iterator[str]:
    """The names that a comprehension's loops bind."""
    waiting: list[cst.CSTNode] = [loop.target]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.Name):
            yield one.value
        elif isinstance(one, cst.Tuple | cst.List):
            waiting.extend(element.value for element in one.elements)
    if loop.inner_for_in is not None:
        yield from _variables(loop.inner_for_in)
