"""Follows names through re-exports, to the module that defines them."""

from collections.abc import Collection, Mapping
from typing import Protocol

from codemods.public_names import FLASK, public_name


class Exporter(Protocol):
    """What a module gives to others: its imports, its own definitions, the modules that it imports by `*`."""

    @property
    def imports(self) -> Mapping[str, str]: ...

    @property
    def definitions(self) -> Collection[str]: ...

    @property
    def star_imports(self) -> Collection[str]: ...


class Names:
    """The names of a project. Answers are kept: a name is followed once."""

    def __init__(self, modules: Mapping[str, Exporter]) -> None:
        self.modules = modules
        self.tops = {name.partition(".")[0] for name in modules}
        self.known: dict[str, str] = {}

    def canonical(self, name: str) -> str:
        """The name under which a thing is defined: `shop.models.Product` → `shop.models.product.Product`."""
        found = self.known.get(name)
        if found is None:
            self.known[name] = name  # a circle of imports ends here
            found = self.known[name] = self._follow(name)
        return found

    def module_of(self, name: str) -> tuple[str | None, str]:
        """The longest part of a name that is one of the project's modules, and the rest."""
        if name.partition(".")[0] not in self.tops:
            return None, name
        head = name
        while head:
            if head in self.modules:
                return head, name[len(head) + 1 :]
            head = head.rpartition(".")[0]
        return None, name

    def _follow(self, name: str) -> str:
        module, rest = self.module_of(name)
        if module is None:
            return public_name(name)
        if not rest:
            return self._hiding(name) or name
        exporter = self.modules[module]
        head, _, tail = rest.partition(".")
        target = exporter.imports.get(head)
        if target is not None and target != f"{module}.{head}":
            return self.canonical(f"{target}.{tail}" if tail else target)
        if head in exporter.definitions:
            return name
        return self._through_star(module, head, tail) or name

    def _hiding(self, module: str) -> str | None:
        """What its package imports under the name of a module: `from shop.checks import signed` is the function that
        `shop/checks/__init__.py` takes from `shop/checks/signed.py`."""
        package, _, last = module.rpartition(".")
        target = self.modules[package].imports.get(last, module) if package in self.modules else module
        return self.canonical(target) if target != module else None

    def _through_star(self, module: str, head: str, tail: str) -> str | None:
        """A name that a `*` import brings: from a project's module that has it, else from the only foreign one."""
        foreign = [star for star in self.modules[module].star_imports if star not in self.modules]
        for star in self.modules[module].star_imports:
            if star not in self.modules or star == module:
                continue
            found = self.canonical(f"{star}.{head}")
            owner, rest = self.module_of(found)
            if owner is None or rest.partition(".")[0] in self.modules[owner].definitions:
                return f"{found}.{tail}" if tail else found
        if head in FLASK and "flask" in foreign:
            foreign = ["flask"]
        if len(foreign) == 1 and not head.startswith("_"):
            return self.canonical(f"{foreign[0]}.{head}{'.' if tail else ''}{tail}")
        return None
