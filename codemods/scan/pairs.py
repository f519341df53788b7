"""Assignments of several names at once at the top of a module, as one for each: `LOW, HIGH = 1, 10`."""

import ast
from collections.abc import Iterator


def separated(tree: ast.Module) -> ast.Module:
    """The tree of a module with a statement for each name, each at the place of the whole.

    Those whose names are of no list of the same length, or whose values name one of them, stay (`a, b = b, a`).
    """
    if any(_is_pair(one) for one in tree.body):
        tree.body = [each for one in tree.body for each in _separated(one)]
    return tree


def _is_pair(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple | ast.List)


def _separated(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.Assign(
            targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)],
            value=(ast.Tuple(elts=values) | ast.List(elts=values)) as value,
        ) if len(targets) == len(values):
            names = {one.id for one in targets if isinstance(one, ast.Name)}
            read = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
            is_spread = any(isinstance(one, ast.Starred) for one in values)
            if len(names) == len(targets) and not names & read and not is_spread:
                for target, given in zip(targets, values, strict=True):
                    yield ast.copy_location(ast.Assign([target], given), statement)
                return
    yield statement
