"""Classes of a project that only set what flask-smorest's blueprints read: sizes of pages, a parser of arguments.

class SmallPages(Blueprint):
    DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 5, "max_page_size": 20}
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from codemods.model import Module, Project
from codemods.view.names import split
from codemods.view.source import Sources

from .own_classes import own_class

LIBRARY = "flask_smorest.Blueprint"
PAGES, PARSER = "DEFAULT_PAGINATION_PARAMETERS", "ARGUMENTS_PARSER"
SIZES = {"page": 1, "page_size": 10, "max_page_size": 100}
DOCUMENTING = frozenset({"_make_doc_response_schema"})
"""What of such a class only the library's own pages for OpenAPI ask."""


@dataclass(frozen=True, slots=True)
class BlueprintClass:
    """What a class says of all blueprints that are made of it; a parser with the module that names or makes it."""

    pages: Mapping[str, int] = field(default_factory=lambda: SIZES)
    parser: tuple[Module, ast.expr] | None = None


def blueprint_class(project: Project, sources: Sources, qualified: str) -> BlueprintClass | None:
    """What a class of the project's, or the library's own, says; None for any other, and for one that does more."""
    if qualified == LIBRARY:
        return BlueprintClass()
    own = own_class(project, sources, qualified)
    if own is None or len(own.bases) != 1:
        return None
    found = blueprint_class(project, sources, own.bases[0])
    for statement in own.node.body:
        found = _with(own.module, statement, found) if found is not None else None
    return found


def library_class(project: Project, sources: Sources, qualified: str) -> str:
    """The library's class for one of the project's that does what that does; any other name as it is."""
    is_own = qualified != LIBRARY and split(project, qualified)[0] is not None
    return LIBRARY if is_own and blueprint_class(project, sources, qualified) is not None else qualified


def _with(module: Module, statement: ast.stmt, found: BlueprintClass) -> BlueprintClass | None:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return found
        case ast.FunctionDef(name=name) if name in DOCUMENTING:
            return found
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == PARSER:
            return replace(found, parser=(module, value))
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as value) if name == PAGES:
            try:
                sizes = ast.literal_eval(value)
            except ValueError:
                return None
            is_known = sizes.keys() == SIZES.keys() and all(type(one) is int for one in sizes.values())
            return replace(found, pages=sizes) if is_known else None
    return None
