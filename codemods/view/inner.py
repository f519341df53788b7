"""The functions inside a function: which are called once its request is over, at once, or by nobody knows whom."""

from collections.abc import Collection

import libcst as cst

from . import patterns as m
from .names import Names
from .search import findall

AFTER_THIS_REQUEST = "flask.after_this_request"
WITH_REQUEST = "flask.copy_current_request_context"
HANDED_NAME = m.Call(args=[m.Arg(m.Name())])
AT_ONCE = frozenset({"re.sub", "re.subn", "functools.reduce", *(f"builtins.{one}" for one in ("sorted", "min", "max"))})
"""What calls the functions that it is given before it returns, and never again."""


def called_later(function: cst.FunctionDef, names: Names) -> set[str]:
    """The inner functions that `after_this_request` is given, as their decorator or by their name."""
    found = set()
    for inner in findall(function.body, m.FunctionDef()):
        assert isinstance(inner, cst.FunctionDef)
        if any(names.qualified(one.decorator) == AFTER_THIS_REQUEST for one in inner.decorators):
            found.add(inner.name.value)
    for call in findall(function.body, HANDED_NAME):
        assert isinstance(call, cst.Call)
        if names.qualified(call.func) == AFTER_THIS_REQUEST:
            found.add(cst.ensure_type(call.args[0].value, cst.Name).value)
    return found


def called_with_request(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """The inner functions that take the request along wherever they are called, by a decorator of Flask's."""
    return frozenset(
        inner.name.value
        for inner in findall(function.body, m.FunctionDef())
        if isinstance(inner, cst.FunctionDef)
        and any(names.qualified(one.decorator) == WITH_REQUEST for one in inner.decorators)
    )


def called_at_once(function: cst.FunctionDef, names: Names) -> frozenset[cst.BaseExpression]:
    """The functions that are handed to one of `AT_ONCE`, where they are."""
    return frozenset(
        argument.value
        for call in findall(function.body, m.Call())
        if isinstance(call, cst.Call) and names.qualified(call.func) in AT_ONCE
        for argument in call.args
    )


def handed_on(function: cst.FunctionDef, at_once: Collection[cst.BaseExpression]) -> frozenset[str]:
    """Inner functions that are used in another way than by calling them, or by having them called at once."""
    own = {one.name for one in findall(function.body, m.FunctionDef()) if isinstance(one, cst.FunctionDef)}
    if not own:
        return frozenset()
    inner = {one.value for one in own}
    called = {call.func for call in findall(function.body, m.Call()) if isinstance(call, cst.Call)}
    labels = {one.keyword for one in findall(function.body, m.Arg()) if isinstance(one, cst.Arg)}
    labels |= {one.attr for one in findall(function.body, m.Attribute()) if isinstance(one, cst.Attribute)}
    return frozenset(
        name.value
        for name in findall(function.body, m.Name())
        if isinstance(name, cst.Name)
        and name.value in inner
        and name not in called
        and name not in own
        and name not in at_once
        and name not in labels
    )
