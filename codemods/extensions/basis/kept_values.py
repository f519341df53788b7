"""What a module keeps under a name, or one of its classes in an attribute, followed through names for it.

class UserDto:                                         api = UserDto.api        # `shop.dto.UserDto.api`
    api = Namespace("user")                            _user = UserDto.user
    user = api.model("user", {"name": fields.String})
"""

import ast
from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile

from codemods.model import Module, Project
from codemods.scan.scopes import chain_of
from codemods.view.names import meaning, split
from codemods.view.source import Sources

from .own_classes import OwnClass, own_class

FOLLOWED = 10
"""How many names for one another are followed, and how many bases of bases."""
VIEWS = frozenset({"flask.views.View", "flask.views.MethodView", "flask_restful.Resource", "flask_restx.Resource"})
"""Classes of libraries that leave alone what classes of the project's have in their bodies."""


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
    found = _bound(project, sources, module, path) if module is not None else None
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


def _bound(project: Project, sources: Sources, module: Module, path: str) -> KeptValue | None:
    """What one statement of a module, or of the body of one of its plain classes or their bases, gives a name."""
    name, _, attribute = path.partition(".")
    definition = module.definitions.get(name)
    if definition is None or definition.rebound or "." in attribute:
        return None
    if not attribute:
        value = sources.value(module, name) if definition.kind not in ("function", "class") else None
        return KeptValue(module, name, value) if value is not None else None
    owner = _PlainClass.of(project, sources, f"{module.name}.{name}")
    return owner.kept(attribute) if owner is not None and not sources.sets_attribute(attribute) else None


@dataclass(frozen=True, slots=True)
class _PlainClass:
    """A class whose attributes are what its body, or that of a base, gives them; those of a library's views are."""

    own: OwnClass
    bases: Sequence["_PlainClass"]

    @classmethod
    def of(cls, project: Project, sources: Sources, qualified: str, depth: int = 0) -> "_PlainClass | None":
        """The class of that name; None where something else may have changed it."""
        own = own_class(project, sources, qualified)
        if own is None or depth > FOLLOWED or _watches(own.node):
            return None
        found = [cls.of(project, sources, base, depth + 1) for base in own.bases if base not in VIEWS]
        known = [one for one in found if one is not None]
        return cls(own, known) if len(known) == len(found) else None

    def line(self) -> Iterator["_PlainClass"]:
        """It and its bases in the order in which Python asks them, where each is there once."""
        yield self
        for base in self.bases:
            yield from base.line()

    def kept(self, attribute: str) -> KeptValue | None:
        """What one statement gives an attribute; None for anything else, and where a base is one in two ways."""
        line = [*self.line()]
        owner = next((one for one in line if any(name == attribute for name, _ in _bindings(one.own.node))), None)
        if owner is None or len({id(one.own.node) for one in line}) < len(line):
            return None
        own = owner.own
        bound = _bindings(own.node)
        values = [value for one, value in bound if one == attribute]
        if len(values) != 1 or values[0] is None:
            return None
        known = {one for one, _ in takewhile(lambda pair: pair[0] != attribute, bound)}
        value = _Outside(own.node.name, known).visit(deepcopy(values[0]))
        return KeptValue(own.module, f"{own.node.name}.{attribute}", value)


def _watches(node: ast.ClassDef) -> bool:
    """Whether a class does something to those that inherit from it."""
    return any(isinstance(one, ast.FunctionDef) and one.name == "__init_subclass__" for one in node.body)


def _bindings(piece: ast.ClassDef) -> list[tuple[str, ast.expr | None]]:
    """The names that a class's body binds in their order, with the value where one plain statement gives it."""
    found: list[tuple[str, ast.expr | None]] = []
    for statement in piece.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append((name, value))
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(
                values
            ) and all(isinstance(one, ast.Name) for one in names):
                found += _unpacked([one.id for one in names if isinstance(one, ast.Name)], values)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.append((name, value))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.append((name, None))
            case _:  # whatever else names it may change it
                found += [(one.id, None) for one in ast.walk(statement) if isinstance(one, ast.Name)]
    return found


def _unpacked(names: Sequence[str], values: Sequence[ast.expr]) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that one statement binds at once, where no value reads what another name was bound to before."""
    for index, (name, value) in enumerate(zip(names, values, strict=True)):
        read = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
        yield name, None if isinstance(value, ast.Starred) or read & {*names[:index]} else value


class _Outside(ast.NodeTransformer):
    """A value of a class's body as it would stand beside the class: the names of the body behind that of the class."""

    def __init__(self, owner: str, names: set[str]) -> None:
        self.owner, self.names = owner, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.names:
            return node
        return ast.copy_location(ast.Attribute(ast.copy_location(ast.Name(self.owner, node.ctx), node), node.id), node)
