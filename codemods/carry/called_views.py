"""Views that other code of the project calls as functions; what they return is no response yet.

    @app.get("/users/<int:number>")        def user_value(number: Any) -> Any:
    def user(number):                          return {"number": number}
        return {"number": number}
                                      →    @router.get("/users/{number:int}", name="user")
    @app.get("/first")                     def user(number: int) -> Response:
    def first():                               return FlaskJSONResponse(user_value(number=number))
        return user(1)
                                           @router.get("/first", name="first")
                                           def first() -> Response:
                                               return FlaskJSONResponse(user_value(1))

The body stands once, in a function that the endpoints call. `Flask.route` returns the function that it is given, so a
view's name means what was written, unless another decorator stands around it.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.model import Endpoint, Project
from codemods.view.names import split
from codemods.view.source import Sources

REGISTERED = "view_functions"


@dataclass(frozen=True, slots=True)
class CalledViews:
    """`plain` are the views whose names mean the function that was written; `called` those that other code uses.

    `by_endpoint` has the plain views that Flask itself calls without anything around them.
    """

    plain: frozenset[str]
    called: frozenset[str]
    by_endpoint: Mapping[str, str]

    def name(self, qualified: str) -> str:
        """What a carried function is called: the endpoint of a view has its name already."""
        name = qualified.rpartition(".")[2]
        return f"{name}_value" if qualified in self.plain else name


def find_called_views(project: Project, sources: Sources) -> CalledViews:
    """The views of a project that its own code calls."""
    endpoints = [one for one in project.endpoints if _is_plain(project, one)]
    decorated = {one.view.function.qualified for one in project.endpoints} - {
        one.view.function.qualified for one in endpoints
    }
    by_endpoint = {
        one.name: one.view.function.qualified for one in endpoints if one.view.function.qualified not in decorated
    }
    plain = frozenset(by_endpoint.values())
    used = {
        name
        for module in project.modules.values()
        for definition in (*module.definitions.values(), *module.inner.values())
        for name in definition.uses
    }
    named = {by_endpoint[one] for one in _named(project, sources) if one in by_endpoint}
    return CalledViews(plain, frozenset((plain & used) | named), by_endpoint)


def _is_plain(project: Project, endpoint: Endpoint) -> bool:
    view = endpoint.view
    module, name = split(project, view.function.qualified)
    is_function = view.kind == "function" and not view.is_async and module is not None and name in module.definitions
    return is_function and not (view.decorators or view.unused_decorators or view.wrappers)


def _named(project: Project, sources: Sources) -> Iterator[str]:
    """The endpoints whose views are looked up by their names."""
    for module in project.modules.values():
        if REGISTERED.encode() not in sources.files.get(module.file, b""):
            continue
        for node in ast.walk(sources.tree(module.file)):
            match node:
                case ast.Subscript(value=ast.Attribute(attr=attribute), slice=ast.Constant(value=str() as name)):
                    if attribute == REGISTERED:
                        yield name
