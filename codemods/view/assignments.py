"""Assignments to several names as one for each."""

import ast


def one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """`a, b = x, y` as two assignments; any other statement as it is."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            pairs = zip(targets, values, strict=True)
            return [ast.copy_location(ast.Assign([target], value), statement) for target, value in pairs]
    return [statement]
