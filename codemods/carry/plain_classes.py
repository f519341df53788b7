"""The project's classes of which no library calls a method that it does not name: models, and classes of nothing else.

What such an object's method is called for stands in the project's own code, where it can be called in another way.
"""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.extensions.basis.objects import made_object
from codemods.model import Definition, Module, Project
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Function, Sources

MODEL_MAKERS = frozenset(
    {
        "alchemical.Alchemical", "alchemical.flask.Alchemical", "flask_sqlalchemy.SQLAlchemy",
        "flask_sqlalchemy.extension.SQLAlchemy",
    }
)  # fmt: skip
BASE_MAKERS = frozenset({"sqlalchemy.orm.declarative_base", "sqlalchemy.ext.declarative.declarative_base"})
PLAIN_BASES = frozenset(
    {
        "abc.ABC", "alchemical.Model", "alchemical.flask.Model",
        "flask_login.AnonymousUserMixin", "flask_login.UserMixin", "sqlalchemy.orm.DeclarativeBase",
    }
)  # fmt: skip
EXCEPTIONS = frozenset(
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, Exception)
)
"""Of these Python calls no method but special ones."""
CALLED_BY_LIBRARIES = frozenset({"get_id", "query_class"})
"""Methods that the libraries of these bases ask for."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a class at the top of a module, which is a function of its object and could stand in the module."""

    module: Module
    owner: Definition
    name: str
    node: Function

    @property
    def qualified(self) -> str:
        """`shop.models.Post.to_json`."""
        return f"{self.owner.qualified}.{self.name}"


@dataclass(slots=True)
class PlainClasses:
    """The classes of a project by what they inherit from."""

    project: Project
    sources: Sources
    known: dict[str, bool] = field(default_factory=dict)
    _methods: dict[str, list[Method]] | None = None
    _properties: dict[str, list[Method]] | None = None

    def is_plain(self, qualified: str) -> bool:
        """Whether a class is one of these."""
        if qualified not in self.known:
            self.known[qualified] = False  # a class that inherits from itself is none
            self.known[qualified] = all(self._is_plain_base(base) for base in self.bases(qualified))
        return self.known[qualified]

    def _is_plain_base(self, base: str) -> bool:
        if base in PLAIN_BASES or base == "object" or base.removeprefix("builtins.") in EXCEPTIONS:
            return True
        made, _, name = base.rpartition(".")
        maker = made_object(self.project, self.sources, made if name == "Model" else base)
        if maker is not None:
            return maker.maker in (MODEL_MAKERS if name == "Model" else BASE_MAKERS)
        return self.is_plain(base)

    def bases(self, qualified: str) -> list[str]:
        """The qualified base classes of a class of the project; an unknown one for what is none, or decorated."""
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        node = self.node(definition) if definition is not None and definition.kind == "class" else None
        if module is None or node is None:
            return [""]
        known = [_builtin_base(module, one) or meaning(self.project, module, one) for one in node.bases]
        return [*known, ""] if node.keywords or node.decorator_list else known

    def line(self, qualified: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """A class and all of the project's that it inherits from."""
        found = {qualified}
        for base in self.bases(qualified):
            if base not in seen and split(self.project, base)[0] is not None:
                found |= self.line(base, seen | {qualified})
        return found

    def classes(self) -> Iterator[tuple[Module, Definition]]:
        """The classes at the top of the project's modules."""
        for module in self.project.modules.values():
            for definition in module.definitions.values():
                if definition.kind == "class":
                    yield module, definition

    def methods(self) -> dict[str, list[Method]]:
        """The methods of all these classes that are functions of their objects, by name."""
        if self._methods is None:
            self._methods = {}
            for module, definition in self.classes():
                if len(definition.members) > 1 and self.is_plain(definition.qualified):
                    for one in self._methods_of(module, definition):
                        self._methods.setdefault(one.name, []).append(one)
        return self._methods

    def properties(self) -> dict[str, list[Method]]:
        """What gets the properties of all these classes, by name."""
        if self._properties is None:
            self._properties = {}
            for module, definition in self.classes():
                node = self.node(definition) if self.is_plain(definition.qualified) else None
                for one in node.body if node is not None else ():
                    if isinstance(one, ast.FunctionDef) and _is_property(one) and _is_plain_function(one):
                        self._properties.setdefault(one.name, []).append(Method(module, definition, one.name, one))
        return self._properties

    def node(self, definition: Definition) -> ast.ClassDef | None:
        """The source of a class."""
        try:
            node = self.sources.piece(definition.location, definition.qualified.rpartition(".")[2])
        except Refused:
            return None
        return node if isinstance(node, ast.ClassDef) else None

    def _methods_of(self, module: Module, definition: Definition) -> Iterator[Method]:
        node = self.node(definition)
        for one in node.body if node is not None else ():
            is_known = isinstance(one, Function) and one.name in CALLED_BY_LIBRARIES
            if isinstance(one, Function) and _is_function_of_object(one) and not is_known:
                yield Method(module, definition, one.name, one)


def _builtin_base(module: Module, base: ast.expr) -> str:
    """`object` or a builtin exception, as a name of its own; "" for any other base."""
    name = base.id if isinstance(base, ast.Name) else ""
    if name == "object":
        return name
    return f"builtins.{name}" if name in EXCEPTIONS - module.definitions.keys() - module.imports.keys() else ""


def _is_function_of_object(node: Function) -> bool:
    """Whether a method does nothing that only a method can, and is called as one."""
    return not node.decorator_list and _is_plain_function(node)


def _is_property(node: ast.FunctionDef) -> bool:
    return [ast.unparse(one) for one in node.decorator_list] == ["property"]


def _is_plain_function(node: Function) -> bool:
    """Whether a method does nothing that only a method can."""
    parts = list(ast.walk(node))
    is_own = any(isinstance(one, ast.Name) and one.id in ("super", "__class__") for one in parts)
    is_private = any(isinstance(one, ast.Name) and is_mangled(one.id) for one in parts)
    yields = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in parts)
    is_special = node.name.startswith("__") or node.args.posonlyargs
    return bool(node.args.args) and not (is_special or is_own or is_private or yields)


def is_mangled(name: str) -> bool:
    """Whether a name means another one in each class (`__private`)."""
    return name.startswith("__") and not name.endswith("__")


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement of a module or class binds."""
    if isinstance(statement, Function | ast.ClassDef):
        return {statement.name}
    nodes = (one for one in ast.walk(statement) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load))
    return {one.id for one in nodes}
