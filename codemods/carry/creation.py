"""Where the application is made: at the level of a module, or in the factory that a module calls."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from codemods.literals import is_literal
from codemods.model import Module, Project
from codemods.view.names import canonical, meaning, split
from codemods.view.source import Sources
from codemods.vocabulary import APPLICATIONS

FLASK = "flask.Flask"


@dataclass(frozen=True, slots=True)
class Creation:
    """The statements that make the application, which they call `name`, and those after them.

    `function` is the factory, None for a module; `bindings` are its parameters with what they are given. `variable` is
    the qualified name of the module's variable that holds the application. `is_relative` tells that its settings' files
    lie in the folder of the instance; None where its text does not say.
    """

    module: Module
    name: str
    statements: tuple[ast.stmt, ...]
    function: ast.FunctionDef | None
    bindings: dict[str, ast.expr | None]
    variable: str | None
    is_relative: bool | None


def creation_of(project: Project, sources: Sources) -> Creation | None:
    """The place in which the project makes its application; None where there is none, or there are several and none of
    them is the module's variable that is served."""
    makers = APPLICATIONS if project.live else {FLASK}  # which other settings there are, only a live application tells
    found = [one for module in project.modules.values() for one in _creations(project, sources, module, makers)]
    if len(found) > 1:
        served = canonical(project, project.application.reference.replace(":", "."))
        found = [one for one in found if one[3] is None and f"{one[0].name}.{one[1]}" == served]
    if len(found) != 1:
        return None
    module, name, statements, function, made = found[0]
    is_relative = _is_relative(made)
    if function is None:
        return Creation(module, name, statements, None, {}, f"{module.name}.{name}", is_relative)
    variable, call = _held(project, sources, f"{module.name}.{function.name}")
    bindings = _bindings(function, call, lambda value: _is_read_again(module, value))
    return None if bindings is None else Creation(module, name, statements, function, bindings, variable, is_relative)


def _creations(
    project: Project, sources: Sources, module: Module, makers: Collection[str]
) -> Iterator[tuple[Module, str, tuple[ast.stmt, ...], ast.FunctionDef | None, ast.Call]]:
    if not any(canonical(project, one).startswith(("flask", "apiflask")) for one in module.imports.values()):
        return
    body = sources.tree(module.file).body
    for function in (None, *(one for one in body if isinstance(one, ast.FunctionDef))):
        statements = body if function is None else function.body
        for index, statement in enumerate(statements):
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called) as made)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=called) as made)
                ) if meaning(project, module, called) in makers:
                    yield module, name, tuple(statements[index + 1 :]), function, made


def _is_relative(call: ast.Call) -> bool | None:
    """What is given as `instance_relative_config`."""
    if any(one.arg is None for one in call.keywords) or len(call.args) > 1:
        return None
    given = next((one.value for one in call.keywords if one.arg == "instance_relative_config"), ast.Constant(False))
    return bool(given.value) if isinstance(given, ast.Constant) else None


def _held(project: Project, sources: Sources, factory: str) -> tuple[str | None, ast.Call | None]:
    """The module's variable that holds what the factory makes, and the call; nothing where a server calls it."""
    module, rest = split(project, project.application.reference.replace(":", "."))
    if module is None:
        return None, None
    for statement in sources.tree(module.file).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called) as call) if name == rest:
                if meaning(project, module, called) == factory:
                    return f"{module.name}.{name}", call
    return None, None


def _bindings(
    function: ast.FunctionDef, call: ast.Call | None, is_read_again: Callable[[ast.expr], bool]
) -> dict[str, ast.expr | None] | None:
    """What the factory's parameters are, None for one that only the call itself knows; None at all where that spreads
    its arguments."""
    arguments = function.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    defaults: Mapping[str, ast.expr | None] = {
        **dict(zip(reversed(names), reversed(arguments.defaults), strict=False)),
        **dict(zip((one.arg for one in arguments.kwonlyargs), arguments.kw_defaults, strict=True)),
    }
    found: dict[str, ast.expr | None] = dict(defaults)
    spread: dict[str, ast.expr] = {}
    if call is not None:
        if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
            return None
        found |= {name: one if is_read_again(one) else None for name, one in zip(names, call.args, strict=False)}
        for keyword in call.keywords:
            if keyword.arg in {*names, *defaults}:
                found[str(keyword.arg)] = keyword.value if is_read_again(keyword.value) else None
            elif not is_literal(keyword.value):
                return None
            else:
                spread[str(keyword.arg)] = keyword.value
    if arguments.kwarg is not None:
        keys: list[ast.expr | None] = [ast.Constant(key) for key in spread]
        found[arguments.kwarg.arg] = ast.Dict(keys=keys, values=list(spread.values()))
    return found


def _is_read_again(module: Module, node: ast.expr) -> bool:
    """Whether an argument is a constant, or read from the environment by a name that means nothing else here."""
    if is_literal(node):
        return True
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    reads = {id(one.func) for one in calls if ast.unparse(one.func) in ENVIRONMENT}
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return all(id(one.func) in reads for one in calls) and all(_is_environment(module, one) for one in names)


def _is_environment(module: Module, name: str) -> bool:
    """Whether a name is that of the module `os`, be it that only the caller's module imports it."""
    return name == "os" and name not in module.definitions and module.imports.get(name, name) == "os"


ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})
"""What reads one variable of the environment, now as later."""
