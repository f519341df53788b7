"""An `Api` of Flask-RESTful whose `error_router` answers the errors of one class by itself.

    class Api(flask_restful.Api):                                def handle_validation_error(request, error):
        def error_router(self, original_handler, e):       →         return FlaskJSONResponse({...}, 400)
            if isinstance(e, ValidationError):
                return jsonify(message=e.messages), 400
            return super().error_router(original_handler, e)

Flask asks it for every error of the application, ahead of every error handler and of what answers the errors of an
`Api`'s own endpoints.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Location
from codemods.model import Callee, ErrorHandler, Module, Project
from codemods.obstacles import is_own_error_router
from codemods.view import patterns as m
from codemods.view.names import Names, meaning
from codemods.view.returns import leaves, statements_of
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.source import Sources

API = "flask_restful.Api"
METHOD = "error_router"
AHEAD = "*"
"""In the place of a blueprint: the level of handlers that are asked ahead of all others (`compat.lifecycle`)."""
HANDLED = frozenset({"marshmallow.ValidationError", "marshmallow.exceptions.ValidationError"})
"""The classes that such a method may answer: errors that are no HTTP errors, and that nobody has subclasses of."""


@dataclass(frozen=True, slots=True)
class ErrorRouter:
    """What such a method does: the class of errors, and a function of one argument that answers them."""

    handler: ErrorHandler
    function: cst.FunctionDef
    module: Module


def api_classes(project: Project, sources: Sources) -> Iterator[tuple[Module, ast.ClassDef]]:
    """The project's own subclasses of `Api`."""
    for module in project.modules.values():
        if API.partition(".")[0].encode() in sources.files.get(module.file, b""):
            for node in sources.tree(module.file).body:
                if isinstance(node, ast.ClassDef) and any(meaning(project, module, one) == API for one in node.bases):
                    yield module, node


def error_router(project: Project, sources: Sources) -> ErrorRouter | str | None:
    """What the one subclass of `Api` does of its own; None where there is none, a text where that is not understood.

    Flask asks the last `Api` that was made first: one of another class would answer its own endpoints' errors ahead.
    """
    found = list(api_classes(project, sources))
    last = project.application.overridden.get("handle_user_exception", "")
    if not found or (project.live and not last):
        return None
    if project.live and not is_own_error_router(project, last):
        return "the order in which several kinds of Api are made"
    module, node = found[0]
    name = f"'{module.name}.{node.name}'"
    if len(found) > 1 or len(node.bases) > 1 or node.keywords or node.decorator_list:
        return f"the class {name}"
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
    others = [one for one in node.body if not isinstance(one, ast.FunctionDef | ast.Expr)]
    if others or [one.name for one in methods] != [METHOD] or methods[0].decorator_list:
        return f"what {name} changes"
    read = _read(project, sources, module, node, methods[0])
    return read if read is not None else f"'{METHOD}' of {name}"


def _read(
    project: Project, sources: Sources, module: Module, owner: ast.ClassDef, method: ast.FunctionDef
) -> ErrorRouter | None:
    location = Location(module.file, method.lineno)
    function = sources.function(location, METHOD)
    names = Names.of(project, module, function)
    params = function.params.params
    if len(params) != 3 or function.params.star_arg is not cst.MaybeSentinel.DEFAULT or function.params.star_kwarg:
        return None
    instance, original, error = (one.name.value for one in params)
    body = [
        one for one in statements_of(function) if not m.matches(one, m.SimpleStatementLine([m.Expr(m.SimpleString())]))
    ]
    onward = f"super().{METHOD}({original}, {error})"
    match body:
        case [
            cst.If(test=cst.Call(args=[_, kind]) as test, body=cst.IndentedBlock() as answers, orelse=None),
            cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as last)]),
        ] if code(test) == f"isinstance({error}, {code(kind.value)})" and code(last) == onward:
            qualified = names.qualified(kind.value) or ""
        case _:
            return None
    own = [one for name in (instance, original, "super") for one in findall(answers, m.Name(name))]
    if qualified not in HANDLED or own or not leaves(answers.body[-1]):
        return None
    handler = function.with_changes(
        name=cst.Name("handle_validation_error"),
        params=cst.Parameters(params=[cst.Param(cst.Name(error))]),
        body=answers,
        returns=None,
    )
    callee = Callee(f"{module.name}.{owner.name}.{METHOD}", location, True)
    return ErrorRouter(ErrorHandler(AHEAD, None, qualified, callee), handler, module)
