"""Locals of a view that become parameters of its endpoint."""

from collections import Counter

import libcst as cst

from . import patterns as m
from .names import Names
from .rule import string
from .search import findall

READS = m.Call() | m.Subscript()


def adoptable(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """Locals that only ever hold one read of the request of their own name: `page = request.args.get("page", 1)`.

    They become the parameter itself.
    """
    assignments = findall(function, m.Assign())
    keys = (_key(node) for node in findall(function, READS)) if assignments else ()
    reads = Counter(key.lower().replace("-", "_") for key in keys if key is not None)
    found = set()
    for assignment in assignments:
        match assignment:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name)), *_], value=value) if (
                name == _key(value) and reads[name.lower()] == names.bindings.get(name) == 1
            ):
                if _is_of_request(value, names) and not _converts(value):
                    found.add(name)
    return frozenset(found)


def _key(node: cst.CSTNode) -> str | None:
    """The key of what may be a read of the request."""
    match node:
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="get" | "getlist")),
            args=[cst.Arg(value=key, keyword=None, star=""), *_],
        ):
            return _text(key)
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return _text(key)
        case _:
            return None


def _text(node: cst.BaseExpression) -> str | None:
    if type(node) is cst.ConcatenatedString and isinstance(node.evaluated_value, str):
        return node.evaluated_value
    return string(node)


def _is_of_request(node: cst.BaseExpression, names: Names) -> bool:
    """Whether what is read is a part of the request."""
    match node:
        case cst.Call(func=cst.Attribute(value=cst.Attribute(value=cst.Name(value=name)), attr=cst.Name(value="get"))):
            return names.of_name(name) == "flask.request"
        case cst.Subscript(value=cst.Attribute(value=cst.Name(value=name))):
            return names.of_name(name) == "flask.request"
        case _:
            return False


def _converts(node: cst.BaseExpression) -> bool:
    """Whether a read converts by a function of its own, which must not be given its own result: in a loop, say."""
    named = [one for one in node.args if one.keyword is not None] if isinstance(node, cst.Call) else []
    kinds = [one.value for one in named if one.keyword is not None and one.keyword.value == "type"]
    return any(not isinstance(one, cst.Name) or one.value not in ("int", "float", "str", "bool") for one in kinds)
