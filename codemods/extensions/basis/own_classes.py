"""Classes of a project's own with one base class, where nothing but their body says what they do."""

import ast
from dataclasses import dataclass

from codemods.model import Module, Project
from codemods.view.names import split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from .kept_values import meaning


@dataclass(frozen=True, slots=True)
class OwnClass:
    """The class, the module that has it, and what its base class is called."""

    module: Module
    node: ast.ClassDef
    base: str


def own_class(project: Project, sources: Sources, qualified: str) -> OwnClass | None:
    """The class of that name; None where the project has none, or one with several bases, a metaclass or decorators."""
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or definition.rebound:
        return None
    try:
        node = sources.piece(definition.location, name)
    except Refused:
        return None
    if not isinstance(node, ast.ClassDef) or len(node.bases) != 1 or node.keywords or node.decorator_list:
        return None
    base = meaning(project, module, node.bases[0])
    return OwnClass(module, node, base) if base != qualified else None
