"""The names that a piece of source takes from what is around it, and not from its own comprehensions and lambdas."""

import ast
from collections.abc import Iterator

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def outer_names(node: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """The names in a piece that are not variables of a comprehension or lambda around them, those it binds included.

    What the first `for` of a comprehension runs over, and the defaults of a lambda, are read outside of it.
    """
    inner: Iterator[ast.AST]
    match node:
        case ast.Name():
            if node.id not in bound:
                yield node
            return
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            first = node.generators[0].iter
            yield from outer_names(first, bound)
            bound |= frozenset(targets(node))
            inner = (one for one in _parts(node) if one is not first)
        case ast.Lambda(args=arguments, body=body):
            defaults = (one for one in (*arguments.defaults, *arguments.kw_defaults) if one is not None)
            yield from (name for one in defaults for name in outer_names(one, bound))
            bound |= {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}
            inner = iter((body,))
        case _:
            inner = ast.iter_child_nodes(node)
    yield from (name for one in inner for name in outer_names(one, bound))


def targets(node: Comprehension) -> Iterator[str]:
    """The variables of a comprehension."""
    for each in node.generators:
        yield from (one.id for one in ast.walk(each.target) if isinstance(one, ast.Name))


def _parts(node: Comprehension) -> Iterator[ast.expr]:
    for each in node.generators:
        yield from (each.target, *each.ifs, each.iter)
    yield from (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
