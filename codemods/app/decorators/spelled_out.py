"""Decorators that are another decorator under a name of their own, as that other one.

def admin_required(view):
    return permission_required(Permission.ADMIN)(view)      →    @permission_required(Permission.ADMIN)

def permitted(permission):
    def decorate(view):
        return permission_required(permission)(view)        →    @permission_required(Permission.ADMIN)
    return decorate                                              for @permitted(Permission.ADMIN)

Static methods are such functions as well.
"""

import ast
from collections.abc import Mapping

from codemods.carry import Carrier
from codemods.extensions.objects import meaning
from codemods.findings import Location
from codemods.model import Decorator, Module, Project

from .definitions import decorator_function

DEPTH = 5


def spelled_out(carrier: Carrier, decorator: Decorator, module: Module) -> tuple[Decorator, Module]:
    """The decorator that is meant, with the module in which it is written; the same where it is none of these."""
    for _ in range(DEPTH):
        found = _meant(carrier, decorator, module)
        if found is None:
            break
        decorator, module = found
    return decorator, module


def _meant(carrier: Carrier, decorator: Decorator, module: Module) -> tuple[Decorator, Module] | None:
    found = decorator_function(carrier.project, decorator.qualified or "")
    if found is None:
        return None
    home, definition, name = found
    node = carrier.sources.piece(definition.location, name)
    written_as = ast.parse(decorator.text.lstrip("@").strip(), mode="eval").body
    if not isinstance(node, ast.FunctionDef):
        return None
    if not isinstance(written_as, ast.Call):
        other = _around_view(carrier.project, home, node)
        if other is None:
            return None
        location = Location(definition.location.file, other.lineno)
        return Decorator(ast.unparse(other), _meaning(carrier.project, home, other), location), home
    match [one for one in node.body if not _is_docstring(one)]:
        case [ast.FunctionDef(name=name, decorator_list=[]) as inner, ast.Return(value=ast.Name(id=given))] if (
            name == given
        ):
            other = _around_view(carrier.project, home, inner)
        case _:
            return None
    filled = _filled(other, node.args, written_as) if isinstance(other, ast.Call) else None
    if filled is None:
        return None
    return Decorator(ast.unparse(filled), _meaning(carrier.project, home, filled), decorator.location), module


def _around_view(project: Project, home: Module, node: ast.FunctionDef) -> ast.expr | None:
    """The decorator that a function of one view does nothing but call with it: `D` of `return D(view)`."""
    match node.args, [one for one in node.body if not _is_docstring(one)]:
        case ast.arguments(
            posonlyargs=[], args=[ast.arg(arg=view)], kwonlyargs=[], vararg=None, kwarg=None, defaults=[]
        ), [ast.Return(value=ast.Call() as value)]:
            pass
        case _:
            return None
    match value:  # a cast of the value is the value
        case ast.Call(func=function, args=[_, ast.Call() as inner], keywords=[]) if (
            meaning(project, home, function) == "typing.cast"
        ):
            value = inner
    match value:
        case ast.Call(func=written, args=[ast.Name(id=given)], keywords=[]) if given == view:
            called = written.func if isinstance(written, ast.Call) else written
            uses_view = any(isinstance(one, ast.Name) and one.id == view for one in ast.walk(written))
            return written if not uses_view and isinstance(called, ast.Name | ast.Attribute) else None
        case _:
            return None


def _meaning(project: Project, home: Module, written: ast.expr) -> str:
    return meaning(project, home, written.func if isinstance(written, ast.Call) else written)


def _filled(other: ast.Call, params: ast.arguments, call: ast.Call) -> ast.Call | None:
    """A decorator with what its factory is called with in the place of the factory's parameters.

    None where the call spreads anything, or where the decorator is given more than that and constants.
    """
    names = [one.arg for one in params.args]
    known = {*names, *(one.arg for one in params.kwonlyargs)}
    if params.vararg or params.posonlyargs or len(call.args) > len(names):
        return None
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    given: dict[str, ast.expr] = dict(zip(names, call.args, strict=False))
    rest = [one for one in call.keywords if one.arg not in known]
    if (rest and params.kwarg is None) or any(one.arg in given for one in call.keywords):
        return None
    given |= {one.arg: one.value for one in call.keywords if one.arg in known}
    defaults = dict(zip(reversed(names), reversed(params.defaults), strict=False))
    defaults |= {
        one.arg: value for one, value in zip(params.kwonlyargs, params.kw_defaults, strict=True) if value is not None
    }
    values = {**{name: one for name, one in defaults.items() if isinstance(one, ast.Constant)}, **given}
    spread = params.kwarg.arg if params.kwarg is not None else None
    keywords: list[ast.keyword] = []
    for one in other.keywords:
        if one.arg is not None:
            keywords.append(one)
        elif isinstance(one.value, ast.Name) and one.value.id == spread:
            keywords += rest
        else:
            return None
    if len({one.arg for one in keywords}) != len(keywords):
        return None
    arguments = [_value(one, values) for one in other.args]
    named = [(one.arg, one.value if one in rest else _value(one.value, values)) for one in keywords]
    if None in arguments or any(value is None for _, value in named):
        return None
    return ast.Call(
        other.func,
        [one for one in arguments if one is not None],
        [ast.keyword(name, value) for name, value in named if value is not None],
    )


def _value(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr | None:
    """A parameter as what it stands for, a constant as it is; None for anything else."""
    if isinstance(node, ast.Name):
        return values.get(node.id)
    return node if isinstance(node, ast.Constant) else None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
