"""Classes of a project that are Pydantic models already: what they inherit from says so."""

import ast
from collections.abc import Collection

from codemods.model import Project
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})


def is_model(project: Project, sources: Sources, qualified: str | None, below: Collection[str] = ()) -> bool:
    """Whether a name stands for a Pydantic model that a module defines once, without a decorator."""
    if qualified is None or qualified in MODELS or qualified in below:
        return qualified in MODELS
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or definition.rebound:
        return False
    try:
        node = sources.piece(definition.location, name)
    except Refused:
        return False
    if not isinstance(node, ast.ClassDef) or node.decorator_list:
        return False
    bases = [meaning(project, module, one) for one in node.bases if isinstance(one, ast.Name | ast.Attribute)]
    return any(is_model(project, sources, one, (*below, qualified)) for one in bases)
