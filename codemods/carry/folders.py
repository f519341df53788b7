"""The project's folders as generated code finds them: from its own place, since no path of a machine is written down.

static, for `fastapi_app/routers/root.py`                       →    Path(__file__).parents[2] / "static"
os.path.dirname(os.path.abspath(__file__)) in `shop/files.py`   →    str(Path(__file__).parents[1] / "shop")
"""

import ast
from copy import deepcopy
from dataclasses import dataclass
from pathlib import PurePosixPath

from codemods.literals import as_literal
from codemods.model import Module, Project
from codemods.view.imports import Need
from codemods.view.names import canonical

NEEDS = frozenset({Need("pathlib", "Path")})
PLACE = "__own_folder__"
PLACING = frozenset({"Path", "__file__"})
"""The names in what stands for a folder."""


def from_file(folder: str, module: str, target: str) -> str:
    """The source text of a folder's path, which is given as seen from the project's root, in a module of the target."""
    depth = module.count(".") - 1 + len(target.split("/"))
    place = f"Path(__file__).parents[{depth}]"
    return place if folder == "." else f"{place} / {as_literal(folder)}"


WHOLE = frozenset({"os.path.abspath", "os.path.realpath", "os.path.normpath", "pathlib.Path"})
"""What makes a path whole, or another kind of path: the folder stays the same."""


@dataclass(slots=True)
class OwnFolder(ast.NodeTransformer):
    """Puts the folder that a module of the project lies in where its code finds it by `__file__`."""

    project: Project
    module: Module
    found: bool = False

    def applied(self, node: ast.expr, here: str, target: str) -> ast.expr:
        """The expression as it stands in the module `here` of the target."""
        folder = PurePosixPath(self.module.file).parent.as_posix()
        text = ast.unparse(self.visit(deepcopy(node)))
        return ast.parse(text.replace(PLACE, f"({from_file(folder, here, target)})"), mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=func, args=[inner], keywords=[]) if self.is_folder(func, inner):
                self.found = True
                return ast.Call(ast.Name("str"), [ast.Name(PLACE)], [])
            case ast.Call(func=func, args=[inner], keywords=[]) if self.qualified(func) in WHOLE:
                visited = self.visit(inner)
                if ast.unparse(visited) == f"str({PLACE})":
                    return ast.Name(PLACE) if self.qualified(func) == "pathlib.Path" else visited
                return ast.Call(func, [visited], [])
            case _:
                return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr == "parent" and self.is_path(node.value):
            self.found = True
            return ast.Name(PLACE)
        return self.generic_visit(node)

    def is_folder(self, func: ast.expr, inner: ast.expr) -> bool:
        """Whether a call is `os.path.dirname` of the module's own file."""
        return self.qualified(func) == "os.path.dirname" and self.is_file(inner)

    def is_file(self, node: ast.expr) -> bool:
        """Whether an expression is the module's own file, as text."""
        match node:
            case ast.Name(id="__file__"):
                return True
            case ast.Call(func=func, args=[inner], keywords=[]):
                return self.qualified(func) in WHOLE - {"pathlib.Path"} and self.is_file(inner)
            case _:
                return False

    def is_path(self, node: ast.expr) -> bool:
        """Whether an expression is the module's own file, as a `Path`."""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="resolve" | "absolute"), args=[], keywords=[]):
                return self.is_path(inner)
            case ast.Call(func=func, args=[inner], keywords=[]):
                return self.qualified(func) == "pathlib.Path" and self.is_file(inner)
            case _:
                return False

    def qualified(self, node: ast.expr) -> str:
        """What a chain of names stands for in the module."""
        head, _, rest = ast.unparse(node).partition(".")
        target = self.module.imports.get(head, head)
        return canonical(self.project, f"{target}.{rest}" if rest else target)
