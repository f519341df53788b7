"""Whether a project can be raised both errors: Marshmallow's by its own modules, `InvalidError` by converted schemas.

A bridged route runs converted code beside the application's own. Whatever catches Marshmallow's error on its way has to
do as well with the other one, so nothing may tell the two apart, or ask for what only Marshmallow's has.
"""

import ast
from collections.abc import Iterator

from codemods.model import ErrorHandler, Module, Project
from codemods.obstacles import is_own_error_router
from codemods.scan.context import context_of, reach
from codemods.scan.registering import HANDLERS
from codemods.view.names import canonical
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from ..basis.errors import ERRORS, KNOWN, reads_messages_only

OTHERS = frozenset({"marshmallow.MarshmallowError", "marshmallow.exceptions.MarshmallowError"})
"""Further names under which the error is caught."""
REPORTING = "sentry_sdk.init"
"""What is told which errors are not to be reported: answers do not depend on it."""


def takes_both_errors(project: Project, sources: Sources) -> bool:
    """Whether everything in the project that is given Marshmallow's error takes nothing but its messages."""
    return (
        all(_uses_are_known(project, module, sources) for module in project.modules.values())
        and all(_takes_both(project, sources, one) for one in project.error_handlers)
        and not any(
            _reaches_error(project, hook.function.qualified) for hook in project.hooks if "teardown" in hook.kind
        )
    )


def _takes_both(project: Project, sources: Sources, handler: ErrorHandler) -> bool:
    """Whether an error handler knows the errors by their messages only, or does not ask which error it has."""
    callee = handler.function
    if handler.exception not in ERRORS:
        return not _reaches_error(project, callee.qualified)
    if callee.location is None or not callee.owned:
        return False
    try:
        function = sources.function(callee.location, callee.qualified.rpartition(".")[2])
    except Refused:
        return False
    given = [one.name.value for one in function.params.params]
    return len(given) == 1 and reads_messages_only(function.body, given[0])


def _reaches_error(project: Project, qualified: str) -> bool:
    """Whether a function uses the error, itself or by what it calls. How a function around it registers it is no use,
    though it is that function's."""
    definition = context_of(project).definition(qualified)
    if definition is None:
        return False
    around = {one.qualified for one in definition.decorators if one.qualified and "<locals>" not in one.qualified}
    used = definition.uses | around
    return any({one, *reach(project, one)} & ERRORS for one in used)


def _uses_are_known(project: Project, module: Module, sources: Sources) -> bool:
    if not any(target.partition(".")[0] == "marshmallow" for target in module.imported):
        return True
    tree = sources.tree(module.file)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    if any(_is_unknown_import(node, module) for node in ast.walk(tree)):
        return False
    return all(
        _is_known(node, parents) or _is_only_reported(node, parents, project, module)
        or _is_asked_by_flask(node, parents, project, module)
        for node in _named(project, module, tree)
    )  # fmt: skip


def _is_unknown_import(node: ast.AST, module: Module) -> bool:
    """Whether a function imports something of Marshmallow's under a name that means something else elsewhere."""
    if not isinstance(node, ast.ImportFrom) or (node.module or "").partition(".")[0] != "marshmallow":
        return False
    return any(
        module.imports.get(one.asname or one.name) not in (f"{node.module}.{one.name}", f"marshmallow.{one.name}")
        for one in node.names
    )


def _named(project: Project, module: Module, tree: ast.Module) -> Iterator[ast.expr]:
    """Every place where a module names the error."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            target = module.imports.get(head)
            if target and canonical(project, f"{target}.{rest}" if rest else target) in ERRORS | OTHERS:
                yield node


def _is_known(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the class is raised, caught for its messages, or given a handler here."""
    match parents[node]:
        case ast.Call(func=called) if called is node:
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in HANDLERS or name == "register_error_handler":
            return True
        case ast.ExceptHandler() as handler:
            return _reads_messages(handler)
        case ast.Tuple() as several:
            holder = parents[several]
            return isinstance(holder, ast.ExceptHandler) and _reads_messages(holder)
        case ast.arg(annotation=annotation):
            return annotation is node
        case _:
            return False


def _is_only_reported(node: ast.expr, parents: dict[ast.AST, ast.AST], project: Project, module: Module) -> bool:
    """Whether the class is one of those that a service for errors is not told of, whoever answers them."""
    listed = parents[node]
    said = parents.get(listed)
    if not isinstance(listed, ast.List | ast.Tuple) or not isinstance(said, ast.keyword) or said.arg != "ignore_errors":
        return False
    call = parents[said]
    head, _, rest = ast.unparse(call.func).partition(".") if isinstance(call, ast.Call) else ("", "", "")
    target = module.imports.get(head, "")
    return canonical(project, f"{target}.{rest}" if rest else target) == REPORTING


def _is_asked_by_flask(node: ast.expr, parents: dict[ast.AST, ast.AST], project: Project, module: Module) -> bool:
    """Whether an error is looked at by a method that Flask alone calls, and of which the new side has a counterpart."""
    around, method = parents.get(node), ""
    while around is not None and not isinstance(around, ast.ClassDef):
        method = around.name if isinstance(around, ast.FunctionDef) else method
        around = parents.get(around)
    match parents[node]:
        case ast.Call(func=ast.Name("isinstance"), args=[ast.Name(), _]) if isinstance(around, ast.ClassDef):
            return is_own_error_router(project, f"{module.name}.{around.name}.{method}")
    return False


def _reads_messages(handler: ast.ExceptHandler) -> bool:
    body = ast.Module(handler.body, [])
    named = [one for one in ast.walk(body) if isinstance(one, ast.Name) and one.id == handler.name]
    known = [
        one for one in ast.walk(body)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == handler.name
        and one.attr in KNOWN
    ]  # fmt: skip
    return len(named) == len(known)
