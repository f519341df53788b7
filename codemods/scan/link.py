"""Makes the modules of the finished project: every name followed to the module that defines it."""

from collections.abc import Mapping
from dataclasses import replace

from codemods.model import Decorator, Definition, Module

from .definitions import RawModule
from .names import Names


class RawExports:
    """A raw module as an exporter of names."""

    def __init__(self, raw: RawModule) -> None:
        self.imports = raw.imports
        self.definitions = raw.definitions
        self.star_imports = raw.collected.star_imports


def names_of(raws: Mapping[str, RawModule]) -> Names:
    """The names of a project that is still being put together."""
    return Names({name: RawExports(raw) for name, raw in raws.items()})


def link(raws: Mapping[str, RawModule], names: Names) -> dict[str, Module]:
    """The modules with all names followed."""
    return {name: _module(raw, names) for name, raw in sorted(raws.items())}


def _module(raw: RawModule, names: Names) -> Module:
    canonical = names.canonical
    return Module(
        name=raw.name,
        file=raw.file.file,
        digest=raw.digest,
        imports={local: canonical(target) for local, target in raw.imports.items()},
        definitions={name: linked(definition, names) for name, definition in raw.definitions.items()},
        star_imports=tuple(raw.collected.star_imports),
        is_package=raw.file.is_package,
        inner={name: linked(definition, names) for name, definition in raw.inner.items()},
        imported=frozenset(raw.collected.imported),
        dynamic_imports=raw.collected.dynamic_imports,
        changes=frozenset(canonical(name) for name in raw.changes),
    )


def linked(definition: Definition, names: Names) -> Definition:
    """A definition with its uses and decorators followed."""
    return replace(
        definition,
        uses=frozenset(names.canonical(name) for name in definition.uses),
        decorators=tuple(linked_decorator(decorator, names) for decorator in definition.decorators),
    )


def linked_decorator(decorator: Decorator, names: Names) -> Decorator:
    """A decorator with its name followed."""
    if decorator.qualified is None:
        return decorator
    return replace(decorator, qualified=names.canonical(decorator.qualified))
