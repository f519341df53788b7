"""Expressions with what is known of their names written in, and the truth of those that then are constant."""

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TypeVar

from codemods.scan.outer_names import outer_names

Code = TypeVar("Code", bound=ast.expr | ast.stmt)


def substituted(node: Code, bindings: Mapping[str, ast.expr | None]) -> Code:
    """The code with the values of these names; a name whose value is None stays."""
    copied = deepcopy(node)
    found: Code = _Substitution(bindings, list(outer_names(copied))).visit(copied)
    return found


def folded(node: ast.expr) -> bool | None:
    """Whether a condition holds; None where its text alone does not say."""
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Dict(keys=keys):
            return bool(keys)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            known = folded(operand)
            return None if known is None else not known
        case ast.Compare(left=ast.Constant(value=left), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return left is None
        case ast.Compare(left=ast.Constant(value=left), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return left is not None
        case _:
            return None


class _Substitution(ast.NodeTransformer):
    def __init__(self, bindings: Mapping[str, ast.expr | None], names: Sequence[ast.Name]) -> None:
        self.bindings = bindings
        self.names = {id(one) for one in names}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.bindings.get(node.id)
        if value is None or id(node) not in self.names or not isinstance(node.ctx, ast.Load):
            return node
        return ast.copy_location(deepcopy(value), node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """`None or value` is `value`."""
        self.generic_visit(node)
        while isinstance(node.op, ast.Or) and len(node.values) > 1 and folded(node.values[0]) is False:
            node.values = node.values[1:]
        return node.values[0] if len(node.values) == 1 else node
