"""Context variables that nobody sees but what is called by the function that sets them.

    token = locale.set(user.locale)
    try:
        return render(page)
    finally:
        locale.reset(token)

The sync parts of a FastAPI request run in several threads, each in a copy of the context, so that what one sets the
next does not see. Of a variable that is set in this way only, all see what they see under Flask.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .reading import Raws

MADE = b"ContextVar"
MANAGERS = ("contextmanager", "asynccontextmanager")
BY_TEXT = frozenset({"delattr", "getattr", "globals", "setattr", "vars"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def confined_variables(raws: Raws) -> frozenset[str]:
    """The qualified names of the variables that are.

    Names are compared by their text, in all of the project: another variable of the same name can only take one out.
    """
    found = {
        f"{module}.{name}": name
        for module in sorted(raws)
        if MADE in raws.source(module)
        for name in _made(_tree(raws, module))
    }
    return frozenset(qualified for qualified, name in found.items() if _is_confined(raws, name))


def _tree(raws: Raws, module: str) -> ast.Module:
    try:
        return ast.parse(raws.source(module))
    except (SyntaxError, ValueError):  # another finding tells of it
        return ast.Module([], [])


def _made(tree: ast.Module) -> Iterator[str]:
    """The variables of a module that are made at its top."""
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ) if isinstance(value, ast.Call) and ast.unparse(value.func).endswith(MADE.decode()):
                yield name


def _is_confined(raws: Raws, name: str) -> bool:
    """Whether every use of a name reads the variable, or sets it as the module's docstring shows."""
    managers: set[str] = set()
    for tree in _speaking_of(raws, name):
        fine = set(_reading(tree, name))
        for statements, function in _bodies(tree, None):
            for first, second in pairwise(statements):
                used = _set_and_reset(first, second, name)
                if used and function is not None and (not _yields(function) or _is_manager(function)):
                    fine |= used
                    managers |= {function.name} if _yields(function) else set()
        if any(id(one) not in fine for one in _uses(tree, name)):
            return False
    return all(_is_entered_only(raws, one, {name}) for one in sorted(managers))


def _is_entered_only(raws: Raws, name: str, seen: set[str]) -> bool:
    """Whether a context manager of this name is used by `with`, in functions that give nothing back before its end."""
    if name in seen:
        return False
    for tree in _speaking_of(raws, name):
        fine: set[int] = set()
        for statements, function in _bodies(tree, None):
            for one in statements:
                if not isinstance(one, ast.With | ast.AsyncWith) or function is None:
                    continue
                if _yields(function) and not (
                    _is_manager(function) and _is_entered_only(raws, function.name, {*seen, name})
                ):
                    continue
                entered = (item.context_expr for item in one.items)
                fine |= {id(call.func) for call in entered if isinstance(call, ast.Call)}
        if any(id(one) not in fine for one in _uses(tree, name)):
            return False
    return True


def _speaking_of(raws: Raws, name: str) -> Iterator[ast.Module]:
    for module in sorted(raws):
        if name.encode() in raws.source(module):
            yield _tree(raws, module)


def _uses(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """Everything that names it, but for its definition at the top of a module and an import under the same name."""
    defined = {id(target) for statement in tree.body for target in _targets(statement)}
    for one in ast.walk(tree):
        match one:
            case ast.Name(id=named) | ast.Attribute(attr=named) if named == name and id(one) not in defined:
                yield one
            case ast.alias(name=named, asname=other) if named.rpartition(".")[2] == name and other not in (None, name):
                yield one
            case ast.Call(func=asked, args=[_, ast.Constant(value=text), *_]) if text == name and _is_by_text(asked):
                yield one
            case ast.Subscript(value=ast.Call(func=asked), slice=ast.Constant(value=text)) if (
                text == name and _is_by_text(asked)
            ):
                yield one
            case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                yield one


def _is_by_text(asked: ast.expr) -> bool:
    return ast.unparse(asked).rpartition(".")[2] in BY_TEXT


def _targets(statement: ast.stmt) -> Sequence[ast.expr]:
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target):
            return [target]
    return []


def _is(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _reading(tree: ast.Module, name: str) -> Iterator[int]:
    """The uses that only ask for the value."""
    for one in ast.walk(tree):
        match one:
            case ast.Call(func=ast.Attribute(value=variable, attr="get")) if _is(variable, name):
                yield id(variable)


def _set_and_reset(first: ast.stmt, second: ast.stmt, name: str) -> set[int]:
    """The uses in a statement that sets the variable and the `finally` behind it that undoes this first of all."""
    match first, second:
        case (
            ast.Assign(targets=[ast.Name(id=token)], value=ast.Call(func=ast.Attribute(value=variable, attr="set"))),
            ast.Try(
                finalbody=[
                    ast.Expr(value=ast.Call(func=ast.Attribute(value=undone, attr="reset"), args=[ast.Name(id=given)])),
                    *_,
                ]
            ),
        ) if token == given and _is(variable, name) and _is(undone, name):
            return {id(variable), id(undone)}
    return set()


def _bodies(node: ast.AST, function: Function | None) -> Iterator[tuple[list[ast.stmt], Function | None]]:
    """Every list of statements below a node, with the function that it is in."""
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if isinstance(statements, list):
            yield statements, function
    for child in ast.iter_child_nodes(node):
        yield from _bodies(child, child if isinstance(child, Function) else function)


def _yields(function: Function) -> bool:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, Function | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(one))
    return False


def _is_manager(function: Function) -> bool:
    return any(ast.unparse(one).rpartition(".")[2] in MANAGERS for one in function.decorator_list)
