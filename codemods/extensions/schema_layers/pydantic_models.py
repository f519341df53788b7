"""Classes of a project that are Pydantic models already: what they inherit from says so."""

import ast
from collections.abc import Collection

from codemods.extensions.basis.own_classes import undecorated_class
from codemods.model import Project
from codemods.view.names import meaning
from codemods.view.source import Sources

MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})


def is_model(project: Project, sources: Sources, qualified: str | None, below: Collection[str] = ()) -> bool:
    """Whether a name stands for a Pydantic model that a module defines once, without a decorator."""
    if qualified is None or qualified in MODELS or qualified in below:
        return qualified in MODELS
    found = undecorated_class(project, sources, qualified)
    if found is None:
        return False
    module, node = found
    bases = [meaning(project, module, one) for one in node.bases if isinstance(one, ast.Name | ast.Attribute)]
    return any(is_model(project, sources, one, (*below, qualified)) for one in bases)
