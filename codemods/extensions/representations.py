"""The functions by which an `Api` of Flask-RESTful writes data, one for each media type.

@api.representation("text/csv")
def output_csv(data, code, headers=None): ...
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Project
from codemods.view.source import Sources

from .kept_values import meaning
from .objects import made_by

ATTRIBUTE = "representation"
MEANT = f"flask_restful.Api.{ATTRIBUTE}"

API_UNREADABLE = Diagnostic(
    "FM771",
    "blocked",
    "an Api of Flask-RESTful is set up in a way that is not converted",
    "It decides what every method of its resources answers, and what clients get on an error.",
    "Make the Api of each blueprint by one call with constants and a list of decorators, without a class of your own, "
    "and register each representation by one decorator.",
)


@dataclass(frozen=True, slots=True)
class Representation:
    """A function of the project that writes data in a media type."""

    media_type: str
    function: Callee


def representations(project: Project, sources: Sources) -> tuple[Representation, ...] | Finding:
    """The functions in the order in which they are registered, or why that cannot be told: there may be one `Api`."""
    found: dict[str, Representation] = {}
    owners = set[str]()
    for module in project.modules.values():
        if f".{ATTRIBUTE}".encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        for function, decorator in _registered(tree):
            owners.add(meaning(project, module, decorator.func))
            definition = module.definitions.get(function.name)
            is_api = made_by(project, sources, meaning(project, module, decorator.func)) == MEANT
            match decorator:
                case ast.Call(args=[ast.Constant(value=str() as kind)], keywords=[]) if (
                    is_api
                    and definition is not None
                    and not definition.rebound
                    and len(function.decorator_list) == 1
                    and kind not in found
                    and not owners - {meaning(project, module, decorator.func)}
                ):
                    callee = Callee(definition.qualified, definition.location, True)
                    found[kind] = Representation(kind, callee)
                case _:
                    place = Location(module.file, decorator.lineno)
                    return Finding(API_UNREADABLE, place, f"'{ast.unparse(decorator)}'")
    return tuple(found.values())


def registering(tree: ast.Module) -> Collection[ast.AST]:
    """The attributes by which decorators register such functions."""
    return {decorator.func for _, decorator in _registered(tree)}


def _registered(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for one in node.decorator_list:
                match one:
                    case ast.Call(func=ast.Attribute(attr=attr)) if attr == ATTRIBUTE:
                        yield node, one
