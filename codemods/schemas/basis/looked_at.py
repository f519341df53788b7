"""Whether a check of all that is loaded only looks at it: ours is given dictionaries of its own, which nobody reads
again.

    for item in data if many else [data]:
        if item["name"] in seen: …                 looks
        item["name"] = item["name"].strip()        changes
        tidy(item)                                 may change
"""

from collections.abc import Collection, Iterator

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall

from .constants import CHANGING

READING = frozenset(
    {
        "all", "any", "bool", "dict", "enumerate", "frozenset", "isinstance", "len", "list", "max", "min", "repr",
        "reversed", "set", "sorted", "str", "sum", "tuple", "zip",
    }
)  # fmt: skip
"""Built-in functions that may be handed a whole dictionary, or a list of them."""


def only_looks(function: cst.FunctionDef, name: str) -> bool:
    """Whether nothing in the data of this name is changed, or handed as a whole to what may change it."""
    wholes, held = frozenset({name}), frozenset({name})
    while True:
        more = [(names, value) for names, value in _bound(function.body)]
        found = wholes.union(*(names for names, value in more if _is_whole(value, wholes)))
        taken = held.union(*(names for names, value in more if _mentions(value, held)))
        if (found, taken) == (wholes, held):
            break
        wholes, held = found, taken
    return not any(_root(one) in held for one in _changed(function.body)) and not any(
        _is_whole(given.value, wholes)
        for call in findall(function.body, m.Call())
        if isinstance(call, cst.Call) and not _reads(call)
        for given in call.args
    )


def _bound(body: cst.CSTNode) -> Iterator[tuple[frozenset[str], cst.BaseExpression]]:
    """Names that are given something, and what it is, or is taken out of."""
    for one in findall(body, m.For() | m.CompFor() | m.Assign() | m.AnnAssign() | m.NamedExpr()):
        match one:
            case cst.For(target=target, iter=value) | cst.CompFor(target=target, iter=value):
                yield _names(target), value
            case cst.Assign(targets=targets, value=value):
                yield frozenset().union(*(_names(each.target) for each in targets)), value
            case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
                yield _names(target), value
            case cst.NamedExpr(target=target, value=value):
                yield _names(target), value


def _names(target: cst.CSTNode) -> frozenset[str]:
    if isinstance(target, cst.Attribute | cst.Subscript):
        return frozenset()
    return frozenset(one.value for one in findall(target, m.Name()) if isinstance(one, cst.Name))


def _is_whole(value: cst.BaseExpression, wholes: Collection[str]) -> bool:
    """Whether it is such data, or a list of it."""
    match value:
        case cst.Name(value=name):
            return name in wholes
        case cst.IfExp(body=first, orelse=second):
            return _is_whole(first, wholes) or _is_whole(second, wholes)
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            return any(_is_whole(one.value, wholes) for one in elements)
        case cst.Call(args=args):
            return _reads(value) and any(_is_whole(one.value, wholes) for one in args)
    return False


def _reads(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Name) and call.func.value in READING


def _mentions(value: cst.BaseExpression, held: Collection[str]) -> bool:
    return any(isinstance(one, cst.Name) and one.value in held for one in findall(value, m.Name()))


def _changed(body: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What is set, deleted, or asked to change."""
    inside = m.Subscript() | m.Attribute()
    for one in findall(body, m.AssignTarget(target=inside) | m.AugAssign() | m.AnnAssign(target=inside)):
        assert isinstance(one, cst.AssignTarget | cst.AugAssign | cst.AnnAssign)
        yield one.target
    for one in findall(body, m.Del()):
        yield cst.ensure_type(one, cst.Del).target
    for one in findall(body, m.Attribute(attr=m.one_of(*map(m.Name, (*CHANGING, "sort", "reverse"))))):
        yield cst.ensure_type(one, cst.Attribute).value


def _root(node: cst.BaseExpression) -> str:
    """The name at the beginning of `items[0]["tags"]` or `item.get("tags")`."""
    while not isinstance(node, cst.Name):
        match node:
            case cst.Subscript(value=inner) | cst.Attribute(value=inner) | cst.Call(func=inner):
                node = inner
            case _:
                return ""
    return node.value
