"""What a module keeps under a name, or one of its classes in an attribute, followed through names for it.

class UserDto:                                         api = UserDto.api        # `shop.dto.UserDto.api`
    api = Namespace("user")                            _user = UserDto.user
    user = api.model("user", {"name": fields.String})
"""

import ast
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile

from codemods.model import Module, Project
from codemods.scan.scopes import chain_of
from codemods.view.names import canonical, split
from codemods.view.source import Sources

FOLLOWED = 10
"""How many names for one another are followed."""


@dataclass(frozen=True, slots=True)
class KeptValue:
    """A value and its place: `name`, or `Class.name`. `value` is written as it would stand beside the class."""

    module: Module
    path: str
    value: ast.expr

    @property
    def qualified(self) -> str:
        """The path behind the module."""
        return f"{self.module.name}.{self.path}"


def kept_value(project: Project, sources: Sources, qualified: str, depth: int = 0) -> KeptValue | None:
    """What stands behind a qualified name that is bound once, and not to another name; None for anything else."""
    module, path = split(project, qualified)
    found = _bound(sources, module, path) if module is not None else None
    if found is None or depth > FOLLOWED:
        return None
    chain = chain_of(found.value)
    if chain is not None:
        return kept_value(project, sources, meaning(project, found.module, found.value), depth + 1) or found
    return found


def spellings(project: Project, sources: Sources, kept: KeptValue) -> frozenset[bytes]:
    """The words of which code has one that names a value: the last of its path, and the names that modules have for
    it."""
    found, before = {kept.path.rpartition(".")[2]}, 0
    while len(found) > before:  # a name may stand for a name
        before, words = len(found), [one.encode() for one in found]
        for module in project.modules.values():
            if any(word in sources.files.get(module.file, b"") for word in words):
                found |= set(_names_for(sources.tree(module.file), found))
    return frozenset(one.encode() for one in found)


def _names_for(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """The names that a module gives to what chains with these names at their ends stand for."""
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=own)], value=ast.Attribute(attr=last) | ast.Name(id=last)):
                if last in names:
                    yield own


def meaning(project: Project, module: Module, node: ast.AST) -> str:
    """What a chain of names of a module stands for."""
    root, _, rest = ((chain_of(node) if isinstance(node, ast.expr) else None) or ast.unparse(node)).partition(".")
    target = (
        f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, f"{module.name}.{root}")
    )
    return canonical(project, f"{target}.{rest}" if rest else target)


def _bound(sources: Sources, module: Module, path: str) -> KeptValue | None:
    """What one statement of a module, or of the body of one of its plain classes, gives a name."""
    name, _, attribute = path.partition(".")
    definition = module.definitions.get(name)
    if definition is None or definition.rebound or "." in attribute:
        return None
    if not attribute:
        value = sources.value(module, name) if definition.kind not in ("function", "class") else None
        return KeptValue(module, name, value) if value is not None else None
    piece = sources.piece(definition.location, name) if definition.kind == "class" else None
    if not isinstance(piece, ast.ClassDef) or piece.decorator_list or piece.keywords or piece.bases:
        return None
    bound = _bindings(piece)
    values = [value for one, value in bound if one == attribute]
    if len(values) != 1 or values[0] is None or sources.sets_attribute(attribute):
        return None
    known = {one for one, _ in takewhile(lambda pair: pair[0] != attribute, bound)}
    return KeptValue(module, path, _Outside(name, known).visit(deepcopy(values[0])))


def _bindings(piece: ast.ClassDef) -> list[tuple[str, ast.expr | None]]:
    """The names that a class's body binds in their order, with the value where one plain statement gives it."""
    found: list[tuple[str, ast.expr | None]] = []
    for statement in piece.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append((name, value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.append((name, value))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.append((name, None))
            case _:  # whatever else names it may change it
                found += [(one.id, None) for one in ast.walk(statement) if isinstance(one, ast.Name)]
    return found


class _Outside(ast.NodeTransformer):
    """A value of a class's body as it would stand beside the class: the names of the body behind that of the class."""

    def __init__(self, owner: str, names: set[str]) -> None:
        self.owner, self.names = owner, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.names:
            return node
        return ast.copy_location(ast.Attribute(ast.copy_location(ast.Name(self.owner, node.ctx), node), node.id), node)
