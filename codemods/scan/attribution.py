"""Tells which definition in the source a live callable is: joined by file and `def` line."""

from collections.abc import Mapping
from typing import Any

from codemods.model import Callee, Decorator

from .definitions import decorators_of
from .link import linked_decorator
from .names import Names
from .objects import Object, Objects
from .raw import RawModule, qualify
from .reading import Raws
from .scopes import Scope


class Attribution:
    """Looks definitions up by file and line, and says what their decorators are."""

    def __init__(self, raws: Raws, names: Names, objects: Objects) -> None:
        self.names = names
        self.objects = objects
        self.raws = raws
        self.by_file = {file.file: name for name, file in raws.files.items()}

    def scope_at(self, file: str, line: int) -> tuple[RawModule, Scope] | None:
        """The definition whose `def` or `class` stands in a line."""
        name = self.by_file.get(file)
        raw = self.raws[name] if name else None
        scope = raw.by_line.get(line) if raw else None
        return (raw, scope) if raw and scope else None

    def name_at(self, file: str, line: int) -> str | None:
        """The qualified name of the definition in a line."""
        found = self.scope_at(file, line)
        return f"{found[0].name}.{found[1].qualname}" if found else None

    def found(self, callee: Callee) -> tuple[RawModule, Scope] | None:
        """The definition of a callable."""
        return self.scope_at(callee.location.file, callee.location.line) if callee.location else None

    def is_async(self, callee: Callee) -> bool:
        """Whether the definition is an `async def`."""
        found = self.found(callee)
        return found is not None and found[1].is_async

    def decorators(self, raw: RawModule, scope: Scope) -> list[Decorator]:
        """All decorators of a definition, outermost first, with their names followed."""
        return [linked_decorator(decorator, self.names) for decorator in decorators_of(raw, scope)]

    def is_decorated_by(self, facts: Mapping[str, Any], maker: str) -> bool:
        """Whether the definition that an inventory row points to has the decorator named `maker`."""
        found = self.scope_at(facts["file"], facts["def_line"])
        if found is None:
            return False
        return any(decorator.qualified == maker for decorator in self.decorators(*found))

    def view_decorators(self, callee: Callee, endpoint: str) -> tuple[tuple[Decorator, ...], tuple[Decorator, ...]]:
        """The decorators that wrap what Flask calls, and those above the route declaration, which wrap a mere name."""
        found = self.found(callee)
        if found is None:
            return (), ()
        decorators = self.decorators(*found)
        places = self.registering(*found)
        if not places:
            return tuple(decorators), ()
        own = [place for place, name in places.items() if name is not None and name == endpoint.rpartition(".")[2]]
        lowest = max(own or [place for place, name in places.items() if name is None] or places)
        used = [decorator for place, decorator in enumerate(decorators) if place > lowest and place not in places]
        unused = [decorator for place, decorator in enumerate(decorators) if place < lowest and place not in places]
        return tuple(used), tuple(unused)

    def registering(self, raw: RawModule, scope: Scope) -> dict[int, str | None]:
        """The places of decorators that only register a function, each with the endpoint's own name if it gives one."""
        return {
            place: self.objects.endpoint_of(raw, scope, node)
            for place, node in enumerate(scope.decorators)
            if self.objects.is_registering(raw, scope, node)
        }

    def class_decorators(self, callee: Callee) -> tuple[Decorator, ...]:
        """The `decorators` list of a class-based view, outermost (the last of the list) first."""
        found = self.found(callee)
        if found is None:
            return ()
        return tuple(self.objects.class_decorators(*found))

    def blueprint(self, name: str, variable: str | None) -> Object | None:
        """Where a registered blueprint is made: by the variable that the live application knows, else by the source."""
        known = self.objects.objects.get(self.names.canonical(variable)) if variable else None
        rows = [row for row in self.objects.registrations if row.name == name]
        return known or (self.objects.objects.get(rows[0].variable) if rows else None)

    def resolve(self, raw: RawModule, scope: Scope, chain: str) -> str | None:
        """What a chain stands for, followed to its definition."""
        qualified = qualify(raw.name, scope, chain)
        return self.names.canonical(qualified) if qualified else None
