"""Where classes are added to an `Api`: `api.add_resource(Todo, "/todos")`, whatever `api` is."""

import ast
from collections.abc import Iterator

from codemods.model import Module, Project
from codemods.view.names import meaning
from codemods.view.source import Sources


def adding_calls(project: Project, sources: Sources, qualified: str) -> Iterator[tuple[Module, ast.Call]]:
    """The calls that add a class, with their modules."""
    for module in project.modules.values():
        if b"add_resource" not in sources.files.get(module.file, b""):
            continue
        for node in ast.walk(sources.tree(module.file)):
            match node:
                case ast.Call(func=ast.Attribute(attr="add_resource"), args=[first, *_]):
                    if meaning(project, module, first) == qualified:
                        yield module, node
