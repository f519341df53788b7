"""Loops over tables that stand in the source: `for rule, view in ROUTES: app.add_url_rule(rule, view_func=view)`.

A call in such a loop is replaced by one call for each row, the loop's variables put in place.
"""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace

from .scopes import Called, Scope, chain_of

ROWS = 500


def unroll(top: Scope, scope: Scope) -> None:
    """Replace the calls of a scope that stand in loops over literal tables, of the scope itself or of the module."""
    if any(called.loops for called in scope.called):
        scope.called = [row for called in scope.called for row in _unrolled(top, scope, called)]


def _unrolled(top: Scope, scope: Scope, called: Called) -> Iterator[Called]:
    calls = [called.node]
    for loop in called.loops:
        rows = _rows(top, scope, loop, is_ordered=not called.chain.endswith("error_handler"))
        if rows is None or len(rows) * len(calls) > ROWS:
            yield called
            return
        calls = [_put(call, row) for row in rows for call in calls]
    for call in calls:
        inner = call.func.func if isinstance(call.func, ast.Call) else call.func
        yield replace(called, node=call, chain=chain_of(inner) or called.chain, loop=called.loop and not called.loops)


def _rows(top: Scope, scope: Scope, loop: ast.For | None, *, is_ordered: bool) -> list[Mapping[str, ast.expr]] | None:
    """What the loop's variables are in each turn; None where the table or a row is not a literal.

    A set will do where the order of the turns makes no difference.
    """
    if loop is None:
        return None
    match loop.iter:
        case ast.Call(func=ast.Attribute(value=table, attr="items"), args=[]):
            elements = _pairs(_literal(top, scope, table))
        case table:
            literal = _literal(top, scope, table)
            displays = ast.Tuple | ast.List if is_ordered else ast.Tuple | ast.List | ast.Set
            elements = literal.elts if isinstance(literal, displays) else None
    if elements is None:
        return None
    rows = [_row(loop.target, element) for element in elements]
    return [row for row in rows if row is not None] if None not in rows else None


def _literal(top: Scope, scope: Scope, table: ast.expr) -> ast.expr | None:
    """The table itself, or the value of a variable that is bound once."""
    if not isinstance(table, ast.Name):
        return table
    owner = scope if table.id in scope.stores else top
    values = [assigned.value for assigned in owner.assigned if assigned.name == table.id]
    return values[0] if len(values) == 1 else None


def _pairs(table: ast.expr | None) -> list[ast.expr] | None:
    """The items of a dict display."""
    if not isinstance(table, ast.Dict):
        return None
    pairs: list[ast.expr] = []
    for key, value in zip(table.keys, table.values, strict=True):
        if key is None:
            return None
        pairs.append(ast.Tuple([key, value], ast.Load()))
    return pairs


def _row(target: ast.expr, element: ast.expr) -> Mapping[str, ast.expr] | None:
    match target, element:
        case ast.Name(id=name), _:
            return {name: element}
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            if len(targets) != len(values):
                return None
            parts = [_row(part, value) for part, value in zip(targets, values, strict=True)]
            found: dict[str, ast.expr] = {}
            for part in parts:
                if part is None:
                    return None
                found.update(part)
            return found
        case _:
            return None


class _Put(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A loop's variable becomes its value in this turn."""
        return self.values.get(node.id, node)


def _put(call: ast.Call, values: Mapping[str, ast.expr]) -> ast.Call:
    changed = _Put(values).visit(deepcopy(call))
    assert isinstance(changed, ast.Call)
    return changed
