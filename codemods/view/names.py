"""What a name in a function stands for: its own local, an import, one of the project's definitions, a builtin."""

import ast
import builtins
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.model import Module, Project
from codemods.public_names import public_name
from codemods.scan.scopes import chain_of

from . import patterns as m
from .search import findall, nodes_of

MODULE_NAMES = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__", "__cached__"}
)
"""What every module has for itself: in another module it is something else."""
BUILTINS = frozenset(dir(builtins)) - MODULE_NAMES
BINDING = frozenset(
    {
        cst.AnnAssign, cst.AssignTarget, cst.AugAssign, cst.ClassDef, cst.CompFor, cst.Del, cst.ExceptHandler,
        cst.ExceptStarHandler, cst.For, cst.FunctionDef, cst.Global, cst.Import, cst.ImportFrom, cst.MatchAs,
        cst.MatchMapping, cst.MatchStar, cst.NamedExpr, cst.Param, cst.TypeAlias, cst.WithItem,
    }
)  # fmt: skip
"""The classes of the nodes that bind names."""


def canonical(project: Project, dotted: str) -> str:
    """Follow re-exports of the project's own modules: `shop.models.Product` → `shop.models.product.Product`."""
    known = _asked_of(project).followed
    if dotted not in known:
        known[dotted] = _follow(project, dotted)
    return known[dotted]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a project was asked: the same few names are asked for again and again."""

    project: Project
    followed: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[Module | None, str]] = field(default_factory=dict)


_asked: list[_Asked] = []
"""Of the project asked last only."""


def _asked_of(project: Project) -> _Asked:
    if not _asked or _asked[0].project is not project:
        _asked[:] = [_Asked(project)]
    return _asked[0]


def _follow(project: Project, dotted: str) -> str:
    for _ in range(20):
        module, rest = split(project, dotted)
        if module is None:
            return public_name(dotted)
        if not rest:
            package, _, last = dotted.rpartition(".")  # a package may import something under the name of its module
            known = project.modules.get(package)
            hiding = known.imports.get(last, dotted) if known is not None else dotted
            if hiding == dotted:
                return dotted
            dotted = hiding
            continue
        head, _, tail = rest.partition(".")
        target = module.imports.get(head) if head not in module.definitions else None
        if target is None and head not in module.definitions:
            target = _from_star(project, module, head)
        if target is None or target == f"{module.name}.{head}":
            return dotted
        dotted = f"{target}.{tail}" if tail else target
    return dotted


def _from_star(project: Project, module: Module, name: str) -> str | None:
    """What a name stands for that `from … import *` brings into a module, by the last of several."""
    for star in reversed(module.star_imports):
        known = project.modules.get(star)
        if known is not None and (name in known.definitions or name in known.imports):
            return f"{star}.{name}"
    return None


def split(project: Project, dotted: str) -> tuple[Module | None, str]:
    """The project's module that a dotted name lies in, and the rest of the name."""
    known = _asked_of(project).places
    if dotted not in known:
        known[dotted] = _place(project, dotted)
    return known[dotted]


def _place(project: Project, dotted: str) -> tuple[Module | None, str]:
    head = dotted
    while head:
        if head in project.modules:
            return project.modules[head], dotted[len(head) + 1 :]
        head = head.rpartition(".")[0]
    return None, dotted


def meaning(project: Project, module: Module, node: ast.AST) -> str:
    """What a chain of names stands for at the top of a module; of what is no chain nothing that anything is called."""
    root, _, rest = ((chain_of(node) if isinstance(node, ast.expr) else None) or ast.unparse(node)).partition(".")
    own = f"{module.name}.{root}"
    target = own if root in module.definitions else module.imports.get(root, own)
    return canonical(project, f"{target}.{rest}" if rest else target)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one function, resolved.

    `local` are bound in the function itself, each as often as `bindings` says; `imported` by its own import statements;
    `outer` in the functions around it. `handed` are the kinds of locals that a conversion gives their values, and of
    what is in them (`handed_items`). Of the locals those in `enclosing` are parameters of a function around it, which
    it binds nowhere.
    """

    project: Project
    module: Module
    local: frozenset[str]
    imported: Mapping[str, str]
    outer: frozenset[str] = frozenset()
    bindings: Mapping[str, int] = field(default_factory=dict)
    handed: Mapping[str, str] = field(default_factory=dict)
    enclosing: frozenset[str] = frozenset()
    within: str = ""

    @classmethod
    def of(
        cls, project: Project, module: Module, function: cst.FunctionDef, outer: frozenset[str] = frozenset()
    ) -> "Names":
        """The names of `function`, a `def` of `module`; `outer` are those that enclosing functions bind."""
        found = _Bindings(module, function)
        local = found.bound.keys() - found.imported.keys() - found.declared_global
        return cls(project, module, frozenset(local), found.imported, outer, found.bound)

    def of_name(self, name: str) -> str | None:
        """The qualified name that `name` stands for; None for a local."""
        if name in self.imported:
            return canonical(self.project, self.imported[name])
        if name in self.local or name in self.outer:
            return None
        if name in self.module.definitions:
            return f"{self.module.name}.{name}"
        if name in self.module.imports:
            return canonical(self.project, self.module.imports[name])
        return f"builtins.{name}" if name in BUILTINS else None

    def qualified(self, node: cst.BaseExpression) -> str | None:
        """The qualified name of a name or chain of attributes; None where it starts at a local or is something else."""
        if type(node) is cst.Name:
            return self.of_name(node.value)
        if type(node) is not cst.Attribute:
            return None
        base = self.qualified(node.value)
        return canonical(self.project, f"{base}.{node.attr.value}") if base else None


def bound_otherwise(function: cst.FunctionDef) -> frozenset[str]:
    """The names that a function binds by statements which take nothing but a name; only where it has `global` ones."""
    found: list[cst.BaseExpression | cst.Name | None] = []
    if not findall(function.body, m.Global()):
        return frozenset()
    for node in nodes_of(function.body):
        match node:
            case cst.NamedExpr(target=target) | cst.AnnAssign(target=target):
                found.append(target)
            case cst.FunctionDef(name=target) | cst.ClassDef(name=target) | cst.AsName(name=target):
                found.append(target)
            case cst.MatchAs(name=target) | cst.ImportAlias(asname=None, name=target):
                found.append(target)
            case _:
                pass
    return frozenset(dotted(one).partition(".")[0] for one in found if isinstance(one, cst.Name | cst.Attribute))


class _Bindings:
    """What a function binds, its nested functions' and comprehensions' names included."""

    def __init__(self, module: Module, function: cst.FunctionDef) -> None:
        self.module = module
        self.bound: Counter[str] = Counter()
        self.imported: dict[str, str] = {}
        self.declared_global: set[str] = set()
        for part in (function.params, function.body):
            for node in nodes_of(part):
                if type(node) in BINDING:
                    self._take(node)

    def _take(self, node: cst.CSTNode) -> None:
        match node:
            case cst.AssignTarget(target=target) | cst.AnnAssign(target=target) | cst.AugAssign(target=target):
                self._bind(target)
            case cst.For(target=target) | cst.CompFor(target=target) | cst.NamedExpr(target=target):
                self._bind(target)
            case cst.WithItem(asname=cst.AsName(name=target)) | cst.ExceptHandler(name=cst.AsName(name=target)):
                self._bind(target)
            case cst.ExceptStarHandler(name=cst.AsName(name=target)) | cst.Del(target=target):
                self._bind(target)
            case cst.Param(name=target) | cst.FunctionDef(name=target) | cst.ClassDef(name=target):
                self._bind(target)
            case cst.TypeAlias(name=target) | cst.MatchAs(name=target) | cst.MatchStar(name=target):
                self._bind(target)
            case cst.MatchMapping(rest=target):
                self._bind(target)
            case cst.Global(names=names):
                self.declared_global.update(one.name.value for one in names)
            case cst.Import(names=aliases):
                for one in aliases:
                    first = one.evaluated_name.partition(".")[0]
                    self.imported[one.evaluated_alias or first] = one.evaluated_name if one.asname else first
            case cst.ImportFrom(names=[*aliases]):
                base = self._base(node)
                for one in aliases:
                    self.imported[one.evaluated_alias or one.evaluated_name] = f"{base}.{one.evaluated_name}"

    def _bind(self, target: cst.CSTNode | None) -> None:
        match target:
            case cst.Name(value=name):
                self.bound[name] += 1
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for one in elements:
                    self._bind(one.value)

    def _base(self, node: cst.ImportFrom) -> str:
        """The module that names are imported from."""
        package = self.module.name if self.module.is_package else self.module.name.rpartition(".")[0]
        for _ in node.relative[1:]:
            package = package.rpartition(".")[0]
        parts = (package if node.relative else "", dotted(node.module) if node.module else "")
        return ".".join(one for one in parts if one)


def dotted(node: cst.BaseExpression) -> str:
    """A chain of names as text."""
    match node:
        case cst.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr.value}"
        case _:
            return cst.ensure_type(node, cst.Name).value
