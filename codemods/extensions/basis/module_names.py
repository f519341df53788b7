"""Which names in a piece of code are those of its module: functions have names of their own that look the same."""

import ast
from collections.abc import Iterator

from codemods.view.source import Piece


def of_module(node: ast.AST, own: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """The names in a piece of code that it does not bind itself; `own` are those that functions around it bind."""
    if isinstance(node, ast.Name) and node.id not in own:
        yield node
    inner = own
    if isinstance(node, Piece | ast.Lambda):
        inner = (own | _bound(node)) - {
            name for one in _inside(node) if isinstance(one, ast.Global) for name in one.names
        }
    for child in ast.iter_child_nodes(node):
        is_of_class = isinstance(node, ast.ClassDef) and isinstance(child, Piece)
        yield from of_module(child, own if is_of_class else inner)


def _bound(node: ast.AST) -> set[str]:
    """What a function, class or lambda gives a value itself."""
    arguments = node.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else None
    named = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)} if arguments is not None else set()
    stored = {one.id for one in _inside(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    return named | stored | set(_defined(node))


def _defined(node: ast.AST) -> Iterator[str]:
    """The functions and classes that stand in a function or class, but in none inside of it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Piece):
            yield child.name
        elif not isinstance(child, ast.Lambda):
            yield from _defined(child)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function or class, but in none inside of it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Piece | ast.Lambda):
            yield child
            yield from _inside(child)
