"""Decorators that put others around a view, under a name of their own, as these others.

def admin_required(view):
    return permission_required(Permission.ADMIN)(view)      →    @permission_required(Permission.ADMIN)

def listed(schema):
    def decorate(view):
        def wrapper(*args): ...                             →    @login_required
        return login_required(response(schema)(wrapper))         @response(users)
    return decorate                                              and the wrapper, for @listed(users)

Static methods are such functions as well.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from codemods.carry import Carrier
from codemods.findings import Location
from codemods.model import Decorator, Module, Project
from codemods.view.names import meaning
from codemods.view.spelled import ModuleNames, spelled

from .definitions import decorator_function

DEPTH = 5


def spelled_out(
    carrier: Carrier, decorator: Decorator, module: Module, depth: int = DEPTH
) -> list[tuple[Decorator, Module]]:
    """The decorators that are meant, outermost first, each with the module in which it is written; just this one where
    it is no other."""
    found = _meant(carrier, decorator, module) if depth and not decorator.is_bare else None
    if found is None:
        return [(decorator, module)]
    return [inner for one, home in found for inner in spelled_out(carrier, one, home, depth - 1)]


def _meant(carrier: Carrier, decorator: Decorator, module: Module) -> list[tuple[Decorator, Module]] | None:
    found = decorator_function(carrier.project, decorator.qualified or "")
    if found is None:
        return None
    home, definition, name = found
    node = carrier.sources.piece(definition.location, name)
    written_as = ast.parse(decorator.text.lstrip("@").strip(), mode="eval").body
    if not isinstance(node, ast.FunctionDef):
        return None
    if not isinstance(written_as, ast.Call):
        around = _around_view(carrier.project, home, node)
        if around is None:
            return None
        file = definition.location.file
        others = [
            (Decorator(ast.unparse(one), _meaning(carrier.project, home, one), Location(file, one.lineno)), home)
            for one in around.others
        ]
        return [*others, *([(replace(decorator, is_bare=True), module)] if around.has_wrapper else [])]
    match [one for one in node.body if not _is_docstring(one)]:
        case [ast.FunctionDef(name=name, decorator_list=[]) as inner, ast.Return(value=ast.Name(id=given))] if (
            name == given
        ):
            around = _around_view(carrier.project, home, inner)
        case _:
            return None
    return _of_factory(carrier, decorator, module, home, node.args, around) if around is not None else None


def _of_factory(
    carrier: Carrier, decorator: Decorator, module: Module, home: Module, params: ast.arguments, around: "_Around"
) -> list[tuple[Decorator, Module]] | None:
    """The decorators of a factory as they would stand above the view, in a module that has their names."""
    names = ModuleNames(carrier.project, module)
    filling = _Filling(carrier.project, home, names)
    call = ast.parse(decorator.text.lstrip("@").strip(), mode="eval").body
    assert isinstance(call, ast.Call)
    spreads = any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)
    if around.has_wrapper and (spreads or params.vararg or params.kwarg or params.posonlyargs):
        return None
    shown: list[ast.expr] = []
    for one in around.others:
        filled = filling.filled(one, params, call) if isinstance(one, ast.Call) else filling.named(one)
        if filled is None or names.collides:
            return None
        shown.append(filled)
    extended = replace(module, imports={**module.imports, **names.added}) if names.added else module
    project = carrier.project
    others = [
        (Decorator(ast.unparse(one), _meaning(project, home, one), decorator.location), extended) for one in shown
    ]
    return [*others, *([(replace(decorator, is_bare=True), module)] if around.has_wrapper else [])]


@dataclass(frozen=True, slots=True)
class _Around:
    """What a function puts around a view, outermost first; a wrapper of its own inside, where it `has_wrapper`."""

    others: tuple[ast.expr, ...]
    has_wrapper: bool


def _around_view(project: Project, home: Module, node: ast.FunctionDef) -> _Around | None:
    """The decorators that a function of one view puts around it, or around a wrapper, and does nothing else."""
    match node.args, [one for one in node.body if not _is_docstring(one)]:
        case ast.arguments(
            posonlyargs=[], args=[ast.arg(arg=view)], kwonlyargs=[], vararg=None, kwarg=None, defaults=[]
        ), [*before, ast.Return(value=ast.Call() as value)]:
            pass
        case _:
            return None
    match before:
        case []:
            innermost = view
        case [ast.FunctionDef(name=name)]:
            innermost = name
        case _:
            return None
    match value:  # a cast of the value is the value
        case ast.Call(func=function, args=[_, ast.Call() as inner], keywords=[]) if (
            meaning(project, home, function) == "typing.cast"
        ):
            value = inner
    found: list[ast.expr] = []
    current: ast.expr = value
    while isinstance(current, ast.Call) and len(current.args) == 1 and not current.keywords:
        written, current = current.func, current.args[0]
        called = written.func if isinstance(written, ast.Call) else written
        if not isinstance(called, ast.Name | ast.Attribute) or _uses(written, {view, innermost}):
            return None
        if _meaning(project, home, written).startswith("functools."):
            return None  # `wraps(view)(wrapper)` is no decorator of views
        found.append(written)
    is_whole = isinstance(current, ast.Name) and current.id == innermost
    return _Around(tuple(found), bool(before)) if is_whole else None


def _uses(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))


def _meaning(project: Project, home: Module, written: ast.expr) -> str:
    return meaning(project, home, written.func if isinstance(written, ast.Call) else written)


@dataclass(slots=True)
class _Filling:
    """Writes what a factory gives other decorators for a module with these `names`; the factory stands in `home`."""

    project: Project
    home: Module
    names: ModuleNames

    def filled(self, other: ast.Call, params: ast.arguments, call: ast.Call) -> ast.Call | None:
        """A decorator with what its factory is called with in the place of the factory's parameters.

        None where the call spreads anything, or where the decorator is given more than that, constants, and what the
        project's functions make of them.
        """
        by_place = [one.arg for one in params.args]
        known = {*by_place, *(one.arg for one in params.kwonlyargs)}
        if params.vararg or params.posonlyargs or len(call.args) > len(by_place):
            return None
        if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
            return None
        given: dict[str, ast.expr] = dict(zip(by_place, call.args, strict=False))
        rest = [one for one in call.keywords if one.arg not in known]
        if (rest and params.kwarg is None) or any(one.arg in given for one in call.keywords):
            return None
        given |= {one.arg: one.value for one in call.keywords if one.arg in known}
        defaults = dict(zip(reversed(by_place), reversed(params.defaults), strict=False))
        defaults |= {
            one.arg: value
            for one, value in zip(params.kwonlyargs, params.kw_defaults, strict=True)
            if value is not None
        }
        values = {name: self.default(one) for name, one in defaults.items() if name not in given} | given
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
        arguments = [self.value(one, values) for one in other.args]
        named = [(one.arg, one.value if one in rest else self.value(one.value, values)) for one in keywords]
        if None in arguments or any(value is None for _, value in named):
            return None
        return ast.Call(
            other.func,
            [one for one in arguments if one is not None],
            [ast.keyword(name, value) for name, value in named if value is not None],
        )

    def named(self, node: ast.expr) -> ast.expr | None:
        """The name of a decorator that takes no arguments."""
        found = spelled(self.project, self.home, node)
        return self.names.short(found) if found is not None else None

    def default(self, node: ast.expr) -> ast.expr | None:
        """A default as it is written in the view's module: a constant or a name; None for anything else."""
        if isinstance(node, ast.Constant):
            return node
        return self.named(node) if isinstance(node, ast.Name) else None

    def value(self, node: ast.expr, values: Mapping[str, ast.expr | None]) -> ast.expr | None:
        """A parameter as what it stands for, a constant as it is, and what a function of the project is called with;
        None for anything else."""
        match node:
            case ast.Constant():
                return node
            case ast.Name(id=name):
                return values.get(name)
            case ast.Call(func=ast.Name(id=name) as func, args=args, keywords=keywords) if name not in values:
                function = spelled(self.project, self.home, func)
                given = [self.value(one, values) for one in (*args, *(one.value for one in keywords))]
                if function is None or None in given or any(one.arg is None for one in keywords):
                    return None
                known = [one for one in given if one is not None]
                named = zip(keywords, known[len(args) :], strict=True)
                shown = self.names.short(function)
                return ast.Call(shown, known[: len(args)], [ast.keyword(one.arg, value) for one, value in named])
            case _:
                return None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
