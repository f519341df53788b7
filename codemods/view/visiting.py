"""Walking over a tree, and changing it on the way; what does not change stays the same node.

libcst's own visitors make each node anew with all its whitespace, which costs more than to parse it; here a node is
made anew only where something below it became something else. Whitespace and punctuation are not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

import libcst as cst

from .patterns import Pattern, matches
from .search import ABSENT, SEQUENCES, children_of

Updated: TypeAlias = "cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[Any]"
"""What may come in the place of a node: another, none, or several (the last two only among others)."""
NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Methods: TypeAlias = tuple[Callable[..., bool | None] | None, Callable[..., Updated] | None, tuple[str, ...]]


class Visitor:
    """Calls `visit_KIND(node)` ahead of what is below a node of that class, unless that returns False, and then
    `leave_KIND(node, updated)`, which returns what stands in its place; in the order of the source, as libcst does.
    """

    _methods: ClassVar[dict[type[cst.CSTNode], Methods]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._methods = {}

    def visit(self, node: cst.CSTNode) -> Updated:
        """Walk over a tree; what stands in its place."""
        kind = type(node)
        visit, leave, below = self._methods.get(kind) or self._methods_for(kind)
        updated = node
        if visit is None or visit(self, node) is not False:
            changes: dict[str, object] = {}
            for name in below:
                before = getattr(node, name)
                if type(before) in ABSENT:
                    continue
                after = self._several(before) if type(before) in SEQUENCES else self._one(before)
                if after is not before:
                    changes[name] = after
            if changes:
                updated = kind(**{name: getattr(node, name) for name in _fields(kind)} | changes)
        return self.left(node, updated if leave is None else leave(self, node, updated))

    def rewrite(self, node: NodeT) -> NodeT:
        """Walk over a tree that stays what it is; raises TypeError where it does not."""
        updated = self.visit(node)
        if not isinstance(updated, type(node)):
            raise TypeError(f"{type(self).__name__} made another kind of node of a {type(node).__name__}")
        return updated

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        """What stands in the place of any node, once its own method is through with it."""
        return updated

    def _one(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """What stands in the place of the only node in its field; raises TypeError where that are several."""
        updated = self.visit(node)
        if type(updated) is cst.FlattenSentinel:
            raise TypeError(f"several nodes in the place of one {type(node).__name__}")
        return None if updated is cst.RemovalSentinel.REMOVE else cast(cst.CSTNode, updated)

    def _several(self, nodes: Sequence[cst.CSTNode]) -> Sequence[cst.CSTNode]:
        """What stands in the place of nodes in a row; a line of which all statements went goes too."""
        found: list[cst.CSTNode] = []
        is_same = True
        for node in nodes:
            updated = self.visit(node)
            if updated is node:
                found.append(node)
                continue
            is_same = False
            if updated is not cst.RemovalSentinel.REMOVE:
                several = updated if isinstance(updated, cst.FlattenSentinel) else (updated,)
                found.extend(one for one in several if _is_empty(node) or not _is_empty(one))
        return nodes if is_same else found

    @classmethod
    def _methods_for(cls, kind: type[cst.CSTNode]) -> Methods:
        name = kind.__name__
        found = getattr(cls, f"visit_{name}", None), getattr(cls, f"leave_{name}", None), children_of(kind)
        cls._methods[kind] = found
        return found


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _is_empty(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and not node.body


def replaced(tree: NodeT, pattern: Pattern, make: Callable[[cst.CSTNode], cst.CSTNode]) -> NodeT:
    """The tree with what `make` makes of them in the place of the nodes that a pattern matches."""
    return _Replacing(pattern, make).rewrite(tree)


def swapped(tree: cst.BaseExpression, new: Mapping[cst.CSTNode, cst.CSTNode]) -> cst.BaseExpression:
    """The expression with other nodes in the place of some; all that is not above one of these stays the same node."""
    changed = _Swapping(new).visit(tree)
    assert isinstance(changed, cst.BaseExpression)
    return changed


def swapping(tree: NodeT, new: Mapping[cst.CSTNode, Updated]) -> NodeT:
    """As `swapped` for any tree; among others, a node may also go."""
    return _Swapping(new).rewrite(tree)


class _Swapping(Visitor):
    def __init__(self, new: Mapping[cst.CSTNode, Updated]) -> None:
        self.new = new

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        return self.new.get(node, updated)


class _Replacing(Visitor):
    def __init__(self, pattern: Pattern, make: Callable[[cst.CSTNode], cst.CSTNode]) -> None:
        self.pattern, self.make = pattern, make

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        return self.make(updated) if isinstance(updated, cst.CSTNode) and matches(node, self.pattern) else updated
