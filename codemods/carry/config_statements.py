"""Statements about settings: what they set and read, and the folders of the application that they name."""

import ast
from copy import deepcopy
from dataclasses import dataclass, field

from codemods.view.imports import Need

LOADED = "loaded"
"""The variable with the settings so far."""
INSTANCE = "INSTANCE_PATH"
ROOT = "ROOT_PATH"
PATHS = {"instance_path": INSTANCE, "root_path": ROOT}
"""Attributes of the application, and the constants that stand for them."""

SHORT = 60
"""Statements that are longer stand for themselves when a finding names them."""


class Unknown(Exception):  # noqa: N818  (it is an answer, no error)
    """A part of the initialiser that cannot be said again without Flask."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about `settings`, the keys that it sets (None: any) and what it imports.

    `reads` are the keys that it takes from the settings, `paths` the constants for folders that it names; `makes` is
    that of which it makes the folder.
    """

    text: str
    keys: frozenset[str] | None
    needs: frozenset[Need]
    reads: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    makes: str | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that a statement has: its text, what it imports, the settings and folders that it reads."""

    text: str
    needs: frozenset[Need] = frozenset()
    reads: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


@dataclass(slots=True)
class WithoutApplication(ast.NodeTransformer):
    """Puts the settings and the constants for folders where the application of this name has them.

    app.config["HOME"]    →    loaded["HOME"]          app.instance_path    →    INSTANCE_PATH
    """

    name: str
    known: frozenset[str]
    reads: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)

    def applied(self, node: ast.expr | ast.stmt) -> ast.expr | ast.stmt:
        """The code without the application, as far as that can be."""
        found = self.visit(deepcopy(node))
        assert isinstance(found, ast.expr | ast.stmt)
        return found

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        match node:
            case ast.Attribute(value=ast.Name(id=self.name), attr=attr) if PATHS.get(attr) in self.known:
                self.paths.add(PATHS[attr])
                return ast.copy_location(ast.Name(PATHS[attr], ast.Load()), node)
            case _:
                return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=self.name), attr="config"), slice=ast.Constant(value=str(key))
            ):
                self.reads.add(key)
                return ast.copy_location(ast.Subscript(ast.Name(LOADED, ast.Load()), node.slice, node.ctx), node)
            case _:
                return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=self.name), attr="config"), attr="get"),
                args=[ast.Constant(value=str(key)), *_],
            ):
                self.reads.add(key)
                getter = ast.Attribute(ast.Name(LOADED, ast.Load()), "get", ast.Load())
                arguments = [self.visit(one) for one in node.args]
                return ast.copy_location(ast.Call(getter, arguments, node.keywords), node)
            case _:
                return self.generic_visit(node)
