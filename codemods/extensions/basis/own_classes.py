"""Classes of a project's own of which nothing but their body, and what they inherit from, says what they do."""

import ast
from dataclasses import dataclass

from codemods.model import Module, Project
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources


@dataclass(frozen=True, slots=True)
class OwnClass:
    """The class, the module that has it, and what its base classes are called, `object` aside."""

    module: Module
    node: ast.ClassDef
    bases: tuple[str, ...]


def undecorated_class(project: Project, sources: Sources, qualified: str) -> tuple[Module, ast.ClassDef] | None:
    """The class that a module defines once under that name, without decorators; None where there is none."""
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or definition.rebound:
        return None
    try:
        node = sources.piece(definition.location, name)
    except Refused:
        return None
    return (module, node) if isinstance(node, ast.ClassDef) and not node.decorator_list else None


def own_class(project: Project, sources: Sources, qualified: str) -> OwnClass | None:
    """The class of that name; None where the project has none, or one with decorators, a metaclass or options."""
    found = undecorated_class(project, sources, qualified)
    if found is None or found[1].keywords:
        return None
    module, node = found
    above = (one for one in node.bases if ast.unparse(one) != "object" or "object" in module.definitions)
    bases = tuple(meaning(project, module, one) for one in above)
    return OwnClass(module, node, bases) if qualified not in bases else None
