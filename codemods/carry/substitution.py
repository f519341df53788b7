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
            return _filled(any(key is not None for key in keys), len(keys))
        case ast.List(elts=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
            return _filled(not all(isinstance(one, ast.Starred) for one in values), len(values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            known = folded(operand)
            return None if known is None else not known
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as how], comparators=[ast.Constant(value=None)]):
            match left:
                case ast.Constant(value=value):
                    return (value is None) is isinstance(how, ast.Is)
                case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                    return isinstance(how, ast.IsNot)
    return None


def _filled(has_item: bool, parts: int) -> bool | None:
    """Whether a display is true: by an item of its own; what is unpacked into it may be empty."""
    return True if has_item else None if parts else False


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
        """`None or value` is `value`, and so is `value or other` where `value` is true by its text."""
        self.generic_visit(node)
        decides = isinstance(node.op, ast.Or)
        while len(node.values) > 1 and folded(node.values[0]) is not decides:
            if folded(node.values[0]) is None:
                return node
            node.values = node.values[1:]
        return node.values[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """`one if None else other` is `other`."""
        self.generic_visit(node)
        known = folded(node.test)
        return node if known is None else node.body if known else node.orelse
