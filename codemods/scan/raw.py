"""A module by itself, as it is read before the imports of others are followed."""

import ast
import builtins
from dataclasses import dataclass, field

from codemods.model import Decorator, Definition

from .files import ModuleFile
from .scopes import Collected, Scope, chain_of

BUILTINS = frozenset(dir(builtins))


@dataclass(slots=True)
class RawModule:
    """A module by itself: names are qualified, but re-exports of other modules are not followed yet."""

    file: ModuleFile
    digest: str
    collected: Collected
    imports: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    inner: dict[str, Definition] = field(default_factory=dict)
    by_line: dict[int, Scope] = field(default_factory=dict)
    qualnames: set[str] = field(default_factory=set)
    loaded: dict[int, frozenset[str]] = field(default_factory=dict)
    decorators: dict[int, tuple[Decorator, ...]] = field(default_factory=dict)
    changes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def top(self) -> Scope:
        return self.collected.top

    @property
    def star_imports(self) -> list[str]:
        return self.collected.star_imports

    def dissolve(self) -> None:
        """Let the scopes and their syntax nodes go; the definitions stay."""
        self.top.dissolve()
        self.by_line.clear()
        self.loaded.clear()
        self.decorators.clear()


def qualify(module: str, scope: Scope, chain: str) -> str | None:
    """What a chain stands for in a scope: an import's target, `module.name`, `module.f.<locals>.name`, `builtins.name`.

    `self.attribute` in a method is `module.Class.attribute`. None: a name that nothing binds.
    """
    head, _, tail = chain.partition(".")
    rest = f".{tail}" if tail else ""
    current: Scope | None = scope
    while current is not None and current.parent is not None:
        visible = current.kind != "class" or current is scope
        if visible and head not in current.outer_names:
            if head in current.imports:
                return current.imports[head] + rest
            if head in current.stores:
                return _local(module, current, head, rest)
        current = current.parent
    top = current or scope
    if head in top.imports:
        return top.imports[head] + rest
    if head in top.stores or head not in BUILTINS:
        return f"{module}.{chain}"
    return f"builtins.{chain}"


def _local(module: str, scope: Scope, head: str, rest: str) -> str:
    owner = scope.parent
    if rest and owner is not None and owner.kind == "class" and scope.parameters[:1] == (head,):
        return f"{module}.{owner.qualname}{rest}"
    outer = scope
    while outer.kind == "comprehension" and outer.parent is not None and outer.parent.kind == "comprehension":
        outer = outer.parent
    if outer.kind == "class":
        return f"{module}.{outer.qualname}.{head}{rest}"
    return f"{module}.{outer.qualname}.<locals>.{head}{rest}"


def target_of(module: RawModule, node: ast.expr) -> str | None:
    """What a name or dotted name at the top of a module stands for; None for any other expression."""
    chain = chain_of(node)
    return qualify(module.name, module.top, chain) if chain else None
