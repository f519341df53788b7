"""Finding nodes below a node.

`libcst.matchers.findall` makes every node anew while it looks, which was most of the time of a conversion; here a tree
is walked once, whatever is looked for in it.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache, lru_cache
from types import NoneType

import libcst as cst

from .patterns import Pattern, matches

# What only spells a tree out: no pattern asks for it.
SPELLING = frozenset({
    "semicolon", "colon", "comma", "dot", "equal", "first_colon", "footer", "header", "indent", "lbrace", "lbracket",
    "leading_lines", "lines_after_decorators", "lpar", "newline", "rbrace", "rbracket", "rpar", "second_colon",
})  # fmt: skip

SEQUENCES = frozenset({tuple, list})
ABSENT = frozenset({NoneType, str, bool, cst.MaybeSentinel})
"""The types of what is no node in a field that may hold one; to ask a class of libcst's is slow, as it is abstract."""

# Where the fields of a class are declared in another order than that of the source, in which `libcst` visits them.
IN_ORDER: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("keyword", "value"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.CompFor: ("asynchronous", "target", "iter", "ifs", "inner_for_in"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.For: ("asynchronous", "target", "iter", "body", "orelse"),
    cst.FunctionDef: ("decorators", "asynchronous", "name", "type_parameters", "params", "returns", "body"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.ImportFrom: ("relative", "module", "names"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.Parameters: ("posonly_params", "posonly_ind", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.TypeAlias: ("name", "type_parameters", "value"),
    cst.With: ("asynchronous", "items", "body"),
}


def findall(tree: cst.CSTNode, pattern: Pattern) -> list[cst.CSTNode]:
    """The nodes of a tree that a pattern matches, itself included, in the order of the source."""
    index = _by_class(tree)
    rows = [row for kind in pattern.kinds if (row := index.get(kind))]
    if not rows:
        return []
    kinds = pattern.kinds
    found = rows[0] if len(rows) == 1 else [node for node in nodes_of(tree) if type(node) in kinds]
    return list(found) if pattern.is_bare else [node for node in found if matches(node, pattern)]


@lru_cache(maxsize=64)
def _by_class(tree: cst.CSTNode) -> Mapping[type[cst.CSTNode], list[cst.CSTNode]]:
    """The nodes of a tree by their class: a dozen questions are asked of the same function."""
    found: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
    for node in nodes_of(tree):
        found.setdefault(type(node), []).append(node)
    return found


@lru_cache(maxsize=64)
def nodes_of(tree: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """A node and all below it, without whitespace and punctuation; a node never changes."""
    head = _head(tree)
    return (*head, *nodes_of(tree.body)) if isinstance(tree, cst.FunctionDef) else tuple(head)


def _head(tree: cst.CSTNode) -> list[cst.CSTNode]:
    """A node and all below it, without the body of a function, which comes last and is asked for by itself as well."""
    found: list[cst.CSTNode] = []
    waiting: list[cst.CSTNode] = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        below: list[cst.CSTNode] = []
        for name in children_of(type(node)) if node is not tree else _in_head(tree):
            value = getattr(node, name)
            if type(value) in SEQUENCES:
                below.extend(value)
            elif type(value) not in ABSENT:
                below.append(value)
        waiting.extend(reversed(below))
    return found


def _in_head(tree: cst.CSTNode) -> tuple[str, ...]:
    names = children_of(type(tree))
    return tuple(name for name in names if name != "body") if isinstance(tree, cst.FunctionDef) else names


def ancestors(tree: cst.CSTNode, node: cst.CSTNode) -> list[cst.CSTNode]:
    """What a node of a tree is a part of, the nearest first, the tree itself last."""
    parents = _parents(tree)
    found = []
    while node is not tree:
        node = parents[node]
        found.append(node)
    return found


@lru_cache(maxsize=8)
def _parents(tree: cst.CSTNode) -> Mapping[cst.CSTNode, cst.CSTNode]:
    """The nodes below a node, each with the one that it is a part of."""
    found: dict[cst.CSTNode, cst.CSTNode] = {}
    for node in nodes_of(tree):
        for name in children_of(type(node)):
            value = getattr(node, name)
            if type(value) in SEQUENCES:
                found.update((one, node) for one in value)
            elif type(value) not in ABSENT:
                found[value] = node
    return found


@cache
def children_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a class of nodes that may hold nodes, in the order of the source."""
    if kind in IN_ORDER:
        return IN_ORDER[kind]
    return tuple(
        field.name
        for field in fields(kind)
        if "whitespace" not in field.name and field.name not in SPELLING and field.type is not str
    )
