"""Finding nodes below a node.

`libcst.matchers.findall` makes every node anew while it looks, which was most of the time of a conversion; here a tree
is walked once, whatever is looked for in it.
"""

from dataclasses import fields
from functools import cache, lru_cache

import libcst as cst
import libcst.matchers as m

# What only spells a tree out: no pattern asks for it.
SPELLING = frozenset({
    "comma", "dot", "equal", "footer", "header", "indent", "lbrace", "lbracket", "leading_lines",
    "lines_after_decorators", "lpar", "newline", "rbrace", "rbracket", "rpar", "semicolon",
})  # fmt: skip

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


def findall(tree: cst.CSTNode, pattern: m.BaseMatcherNode) -> list[cst.CSTNode]:
    """The nodes of a tree that a pattern matches, itself included, in the order of the source."""
    kinds = kinds_of(pattern)
    if kinds is None:
        return [node for node in nodes_of(tree) if m.matches(node, pattern)]
    if is_bare(pattern):
        return [node for node in nodes_of(tree) if type(node) in kinds]
    return [node for node in nodes_of(tree) if type(node) in kinds and m.matches(node, pattern)]


@lru_cache(maxsize=64)
def nodes_of(tree: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """A node and all below it, without whitespace and punctuation; a node never changes."""
    found: list[cst.CSTNode] = []
    waiting: list[cst.CSTNode] = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        below: list[cst.CSTNode] = []
        for name in children_of(type(node)):
            value = getattr(node, name)
            if isinstance(value, cst.CSTNode):
                below.append(value)
            elif isinstance(value, tuple | list):
                below.extend(value)
        waiting.extend(reversed(below))
    return tuple(found)


@cache
def children_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a class of nodes that may hold nodes, in the order of the source."""
    if kind in IN_ORDER:
        return IN_ORDER[kind]
    return tuple(field.name for field in fields(kind) if "whitespace" not in field.name and field.name not in SPELLING)


def kinds_of(pattern: m.BaseMatcherNode) -> frozenset[type[cst.CSTNode]] | None:
    """The classes of the nodes that a pattern may match; None where that cannot be told."""
    if isinstance(pattern, m.OneOf):
        each = [kinds_of(option) for option in pattern.options]
        known = [kinds for kinds in each if kinds is not None]
        return frozenset().union(*known) if len(known) == len(each) else None
    kind = getattr(cst, type(pattern).__name__, None)
    return frozenset({kind}) if isinstance(kind, type) and issubclass(kind, cst.CSTNode) else None


def is_bare(pattern: m.BaseMatcherNode) -> bool:
    """Whether a pattern asks for classes only, as `m.Call()` does."""
    if isinstance(pattern, m.OneOf):
        return all(is_bare(option) for option in pattern.options)
    return all(getattr(pattern, field.name) is m.DoNotCare() for field in fields(pattern))  # type: ignore[arg-type]  # libcst does not say that matchers are dataclasses
