"""Makes the modules of the finished project: every name followed to the module that defines it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from codemods.findings import Finding
from codemods.model import Decorator, Definition, Module, Project

from .names import Names
from .raw import RawModule
from .reading import Raws


class Modules(Mapping[str, Module]):
    """The modules of a project by name, each put together when it is asked for and kept."""

    def __init__(self, raws: Raws, names: Names) -> None:
        self._raws = raws
        self._names = names
        self._known: dict[str, Module] = {}

    def __getitem__(self, name: str) -> Module:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = _module(self._raws[name], self._names)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._raws)

    def __len__(self) -> int:
        return len(self._raws)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Why modules could not be parsed that were asked for after the scan."""
        return tuple(sorted(self._raws.problems.values(), key=str))

    def __contains__(self, name: object) -> bool:
        return name in self._raws


def late_findings(project: Project) -> tuple[Finding, ...]:
    """Why modules could not be parsed that were read after the scan."""
    return project.modules.findings if isinstance(project.modules, Modules) else ()


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
        members={
            member: frozenset(names.canonical(name) for name in used) for member, used in definition.members.items()
        },
    )


def linked_decorator(decorator: Decorator, names: Names) -> Decorator:
    """A decorator with its name followed."""
    if decorator.qualified is None or (followed := names.canonical(decorator.qualified)) == decorator.qualified:
        return decorator
    return replace(decorator, qualified=followed)
