"""Where functions of the project are called with what is known, also through calls of other functions.

Of `def listed(schema): return response(paginated(schema))` and `listed(users)` the call `paginated(users)` is found.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from codemods.model import Module, Project
from codemods.view.names import split
from codemods.view.source import Function, Sources
from codemods.view.spelled import OPEN, spelled

from .factories import bound

DEPTH = 4
"""How many functions a call may stand in, each inside what calls it."""
SCOPES = (Function, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call of a function of the project, its names spelled out in full.

    `inside` is the function whose parameters stand open in it. `variable` is the name that `module` gives what the call
    returns.
    """

    target: str
    node: ast.Call
    module: Module
    inside: str
    variable: str
    line: int


def known_calls(project: Project, sources: Sources, targets: Collection[str]) -> list[KnownCall]:
    """The calls of these functions with nothing open, those inside other functions once for each call of these, in the
    module of that; first those that a module names."""
    waiting = [(one, 0) for name in targets for one in _calls(project, sources, name)]
    found: list[KnownCall] = []
    while waiting:
        one, depth = waiting.pop(0)
        if not one.inside:
            found.append(one)
        elif depth < DEPTH and one.inside not in targets:
            waiting += [(call, depth + 1) for call in _from_outside(project, sources, one)]
    return sorted(found, key=lambda one: (not one.variable, one.module.name, one.line))


def _from_outside(project: Project, sources: Sources, inner: KnownCall) -> Iterator[KnownCall]:
    """A call as it is made by each call of the function that it stands in."""
    home, name = split(project, inner.inside)
    definition = home.definitions.get(name) if home is not None else None
    if home is None or definition is None or definition.rebound or definition.decorators:
        return
    function = sources.piece(definition.location, name)
    if isinstance(function, ast.ClassDef):
        return
    for call in _calls(project, sources, inner.inside):
        given = bound_arguments(project, home, function, call.node)
        if given is not None:
            filled = _filled(inner.node, given)
            yield KnownCall(inner.target, filled, call.module, call.inside, "", call.line)


def _calls(project: Project, sources: Sources, target: str) -> Iterator[KnownCall]:
    """The calls of one function in whose arguments everything is known but parameters of the function around."""
    last = target.rpartition(".")[2]
    for module in project.modules.values():
        if last.encode() not in sources.files.get(module.file, b""):
            continue
        for node, around, variable in _nested(sources.tree(module.file), (), ""):
            local = {one for scope in around for one in bound(scope)}
            outermost = around[0] if around and isinstance(around[0], Function) else None
            params = _params(outermost) if outermost is not None else frozenset[str]()
            func = spelled(project, module, node.func, local)
            if func is None or ast.unparse(func) != target:
                continue
            found = spelled(project, module, node, local, params)
            if isinstance(found, ast.Call):
                is_own = variable in module.definitions and not module.definitions[variable].rebound
                inside = f"{module.name}.{outermost.name}" if outermost is not None and _has_open(found) else ""
                yield KnownCall(target, found, module, inside, variable if is_own else "", node.lineno)


def _nested(
    node: ast.AST, around: tuple[ast.AST, ...], variable: str
) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...], str]]:
    """The calls below a node, each with the scopes that it stands in and the name that the module gives it."""
    if isinstance(node, ast.Call):
        yield node, around, variable
    for name, value in ast.iter_fields(node):
        is_outside = isinstance(node, (Function, ast.ClassDef)) and name in ("decorator_list", "returns", "bases")
        inside = (*around, node) if isinstance(node, SCOPES) and not is_outside else around
        for child in value if isinstance(value, list) else [value]:
            match child:
                case ast.Assign(targets=[ast.Name(id=given)], value=ast.Call() as called) if not around:
                    yield from _nested(called, inside, given)
                case ast.AST():
                    yield from _nested(child, inside, "")


def _params(function: Function) -> frozenset[str]:
    """The parameters of a function that nothing in it gives another meaning."""
    written = list(bound(function))
    own = (one.arg for one in (*function.args.args, *function.args.kwonlyargs))
    return frozenset(name for name in own if written.count(name) == 1)


def _has_open(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Name) and one.id.startswith(OPEN) for one in ast.walk(node))


def _filled(node: ast.Call, given: Mapping[str, ast.expr]) -> ast.Call:
    """A call with what its open names stand for."""

    class Filling(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return given[node.id.removeprefix(OPEN)] if node.id.startswith(OPEN) else node

    filled = Filling().visit(deepcopy(node))
    assert isinstance(filled, ast.Call)
    return filled


def bound_arguments(project: Project, module: Module, function: Function, call: ast.Call) -> dict[str, ast.expr] | None:
    """What a call gives each parameter of a function of `module`, defaults included; None where that is not clear."""
    arguments = function.args
    by_place = [one.arg for one in arguments.args]
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs or len(call.args) > len(by_place):
        return None
    found = dict(zip(by_place, call.args, strict=False))
    for one in call.keywords:
        if one.arg is None or one.arg in found:
            return None
        found[one.arg] = one.value
    defaults = dict(zip(reversed(by_place), reversed(arguments.defaults), strict=False))
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    defaults |= {one.arg: value for one, value in by_name if value is not None}
    names = [*by_place, *(one.arg for one in arguments.kwonlyargs)]
    for name in names:
        if name not in found:
            default = spelled(project, module, defaults[name]) if name in defaults else None
            if default is None:
                return None
            found[name] = default
    return {name: found[name] for name in names} if len(found) == len(names) else None
