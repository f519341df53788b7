"""What a name in a function stands for: its own local, an import, one of the project's definitions, a builtin."""

import ast
import builtins
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from codemods.model import Module, Project

MODULE_NAMES = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__", "__cached__"}
)
"""What every module has for itself: in another module it is something else."""
BUILTINS = frozenset(dir(builtins)) - MODULE_NAMES


def canonical(project: Project, dotted: str) -> str:
    """Follow re-exports of the project's own modules: `shop.models.Product` → `shop.models.product.Product`."""
    for _ in range(20):
        module, rest = split(project, dotted)
        if module is None or not rest:
            return dotted
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
    head = dotted
    while head:
        if head in project.modules:
            return project.modules[head], dotted[len(head) + 1 :]
        head = head.rpartition(".")[0]
    return None, dotted


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one function, resolved.

    `local` are bound in the function itself, each as often as `bindings` says; `imported` by its own import statements;
    `outer` in the functions around it.
    """

    project: Project
    module: Module
    local: frozenset[str]
    imported: Mapping[str, str]
    outer: frozenset[str] = frozenset()
    bindings: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, project: Project, module: Module, function: cst.FunctionDef, outer: frozenset[str] = frozenset()
    ) -> "Names":
        """The names of `function`, a `def` of `module`; `outer` are those that enclosing functions bind."""
        root = as_ast(function)
        binder = _Binder(module)
        for part in (root.args, *root.body):
            binder.visit(part)
        bound = binder.bound.keys() - binder.imported.keys() - binder.declared_global
        return cls(project, module, frozenset(bound), binder.imported, outer, binder.bound)

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
        match node:
            case cst.Name(value=name):
                return self.of_name(name)
            case cst.Attribute(value=value, attr=cst.Name(value=attr)):
                base = self.qualified(value)
                return canonical(self.project, f"{base}.{attr}") if base else None
            case _:
                return None


@lru_cache(maxsize=16)
def as_ast(function: cst.FunctionDef) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """The same function as `ast` sees it; neither tree is ever changed."""
    root = ast.parse(cst.Module(body=[function]).code).body[0]
    assert isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef)
    return root


class _Binder(ast.NodeVisitor):
    """Collects what a function binds, its nested functions' and comprehensions' names included."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.bound: Counter[str] = Counter()
        self.imported: dict[str, str] = {}
        self.declared_global: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound[node.id] += 1

    def visit_arg(self, node: ast.arg) -> None:
        self.bound[node.arg] += 1

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound[node.name] += 1
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_function(node)

    def visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bound[node.name] += 1
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound[node.name] += 1
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.bound[node.name] += 1
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.bound[node.name] += 1

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bound[node.rest] += 1
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared_global.update(node.names)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imported[alias.asname or alias.name.partition(".")[0]] = (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        package = self.module.name if self.module.is_package else self.module.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        base = ".".join(part for part in (package if node.level else "", node.module or "") if part)
        for alias in node.names:
            self.imported[alias.asname or alias.name] = f"{base}.{alias.name}"
