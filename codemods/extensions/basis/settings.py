"""What the project's source says of a setting of an extension's."""

import ast
from collections.abc import Iterator

from codemods.model import Module, Project
from codemods.view.source import Sources


def values(tree: ast.Module, setting: str) -> Iterator[ast.expr]:
    """What a module assigns to `config["SETTING"]`, `SETTING`, or hands on as `SETTING=...`."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=name))], value=value) if name == setting:
                yield value
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == setting:
                yield value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name == setting:
                yield value
            case ast.keyword(arg=name, value=value) if name == setting:
                yield value
            case ast.Dict(keys=keys, values=items):
                for key, item in zip(keys, items, strict=True):
                    if isinstance(key, ast.Constant) and key.value == setting:
                        yield item


def only_setting(project: Project, sources: Sources, setting: str) -> tuple[Module, ast.expr] | None:
    """The one value that the source gives a setting, with its module; None where code names the setting elsewhere,
    too."""
    named = {file for file, content in sources.files.items() if setting.encode() in content}
    modules = [module for module in project.modules.values() if module.file in named]
    if len(modules) != len(named) or sum(_mentions(sources.tree(one.file), setting) for one in modules) != 1:
        return None
    return next(((module, one) for module in modules for one in values(sources.tree(module.file), setting)), None)


def _mentions(tree: ast.Module, setting: str) -> int:
    """How often code names a setting."""
    return sum(
        setting in (getattr(node, name, None) for name in ("value", "id", "attr", "arg")) for node in ast.walk(tree)
    )


def constant_setting(sources: Sources, setting: str) -> ast.expr | None:
    """The one constant that the source gives a setting wherever it does; None where there is no such thing."""
    found = [
        value
        for file, content in sorted(sources.files.items())
        if setting.encode() in content
        for value in values(sources.tree(file), setting)
    ]
    try:
        constants = [ast.literal_eval(one) for one in found]
    except ValueError:
        return None
    return found[0] if found and all(one == constants[0] for one in constants) else None
