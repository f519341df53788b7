"""Other ways to write a decorator that takes arguments, as the plain one: a function that returns a decorator.

class role:                                          def role(view=None, *, name="admin"):
    def __init__(self, name):                            def decorate(view):
        self.name = name                                     ...
    def __call__(self, view):                            if view is None:
        ...                                                  return decorate
        return wrapper                                   return decorate(view)
"""

from collections.abc import Sequence

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

DOCSTRING = m.SimpleStatementLine([m.Expr(m.SimpleString())])


def with_optional_view(function: cst.FunctionDef) -> cst.FunctionDef | None:
    """A decorator that works with and without arguments, as one that is always called; None for another function."""
    params = function.params
    if not params.params or not m.matches(params.params[0].default or cst.Pass(), m.Name("None")):
        return None
    view = params.params[0].name.value
    body = [one for one in function.body.body if not m.matches(one, DOCSTRING)]
    if not body or not isinstance(body[0], cst.FunctionDef):
        return None
    inner = body[0].name.value
    if not _gives_either(body[1:], inner, view) or (
        findall(body[0].body, m.Name(view)) and not _has_own(body[0], view)
    ):
        return None
    given = cst.SimpleStatementLine([cst.Return(cst.Name(inner))])
    kept = [one for one in function.body.body if m.matches(one, DOCSTRING)]
    statements = [one for one in (*kept, body[0], given) if isinstance(one, cst.BaseStatement)]
    star = params.star_arg if len(params.params) > 1 or params.kwonly_params else cst.MaybeSentinel.DEFAULT
    return function.with_changes(
        params=params.with_changes(params=params.params[1:], star_arg=star), body=cst.IndentedBlock(statements)
    )


def _has_own(function: cst.FunctionDef, name: str) -> bool:
    return any(one.name.value == name for one in function.params.params)


def _gives_either(statements: Sequence[cst.CSTNode], inner: str, view: str) -> bool:
    """Whether these return the decorator where there is no view yet, and else what it makes of the view."""
    later, now = m.Name(inner), m.Call(func=m.Name(inner), args=[m.Arg(m.Name(view))])
    missing = m.Comparison(m.Name(view), [m.ComparisonTarget(m.Is(), m.Name("None"))])
    there = m.Comparison(m.Name(view), [m.ComparisonTarget(m.IsNot(), m.Name("None"))])
    match statements:
        case [one]:
            either = m.IfExp(test=missing, body=later, orelse=now) | m.IfExp(test=there, body=now, orelse=later)
            return m.matches(one, m.SimpleStatementLine([m.Return(either)]))
        case [cst.If(test=test, body=body, orelse=None), last]:
            first = [m.matches(one, m.SimpleStatementLine([m.Return()])) for one in body.body] == [True]
            pairs = ((missing, later, now), (there, now, later))
            return first and any(
                m.matches(test, condition)
                and m.matches(body.body[0], m.SimpleStatementLine([m.Return(one)]))
                and m.matches(last, m.SimpleStatementLine([m.Return(other)]))
                for condition, one, other in pairs
            )
        case _:
            return False


def of_class(node: cst.ClassDef) -> cst.FunctionDef | None:
    """A class whose instances are decorators, as a function; None where an instance is more than its arguments."""
    methods = {one.name.value: one for one in node.body.body if isinstance(one, cst.FunctionDef)}
    others = [one for one in node.body.body if not isinstance(one, cst.FunctionDef) and not m.matches(one, DOCSTRING)]
    init, call = methods.get("__init__"), methods.get("__call__")
    if (
        node.bases
        or node.keywords
        or node.decorators
        or others
        or call is None
        or set(methods) - {"__init__", "__call__"}
    ):
        return None
    if len(call.params.params) != 2 or call.decorators or (init is not None and init.decorators):
        return None
    own = call.params.params[0].name.value
    kept = _kept(init) if init is not None else {}
    if kept is None or any(_is_named(call, name) for name in kept.values()):
        return None
    written = _Kept(own, kept).rewrite(call)
    if findall(written.body, m.Name(own)):
        return None
    decorate = written.with_changes(
        name=cst.Name("decorate"),
        params=written.params.with_changes(params=written.params.params[1:]),
        leading_lines=(),
    )
    about = [one for one in node.body.body if m.matches(one, DOCSTRING)]
    given = cst.SimpleStatementLine([cst.Return(cst.Name("decorate"))])
    params = init.params.with_changes(params=init.params.params[1:]) if init is not None else cst.Parameters()
    statements = [one for one in (*about, decorate, given) if isinstance(one, cst.BaseStatement)]
    return cst.FunctionDef(node.name, params, cst.IndentedBlock(statements))


def _is_named(function: cst.FunctionDef, name: str) -> bool:
    """Whether a function has a name of its own that is spelled so; attributes are other things."""
    attributes = [one.attr for one in findall(function, m.Attribute()) if isinstance(one, cst.Attribute)]
    return any(not any(one is attr for attr in attributes) for one in findall(function, m.Name(name)))


def _kept(init: cst.FunctionDef) -> dict[str, str] | None:
    """The attributes that `__init__` sets, with the parameters that they hold; None where it does anything else."""
    params = init.params
    if not params.params:
        return None
    own = params.params[0].name.value
    names = {one.name.value for one in (*params.params[1:], *params.kwonly_params)}
    names |= {one.name.value for one in (params.star_arg, params.star_kwarg) if isinstance(one, cst.Param)}
    found: dict[str, str] = {}
    for statement in init.body.body:
        if m.matches(statement, DOCSTRING):
            continue
        match statement:
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Attribute(value=cst.Name(value=owner), attr=attribute))],
                        value=cst.Name(value=name),
                    )
                ]
            ) if owner == own and name in names:
                found[attribute.value] = name
            case _:
                return None
    return found


class _Kept(Visitor):
    """`self.name` → the parameter that it holds."""

    def __init__(self, own: str, kept: dict[str, str]) -> None:
        super().__init__()
        self.own, self.kept = own, kept

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        return False

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:
        return False

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if m.matches(original_node.value, m.Name(self.own)) and original_node.attr.value in self.kept:
            return cst.Name(self.kept[original_node.attr.value])
        return updated_node
