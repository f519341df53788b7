"""The texts that an expression may be, or that it lists, by constants of the project.

FIELDS = ("title", "done")                   →    title, done
class Form: TOKEN = "token"  … Form.TOKEN    →    token
"""

import ast
from dataclasses import dataclass, field

from codemods.carry import Carrier
from codemods.model import Definition
from codemods.view.names import Names, canonical, split


@dataclass(slots=True)
class Texts:
    """Reads expressions of one function; `constants` are its locals that are texts or lists of texts."""

    carrier: Carrier
    names: Names
    constants: dict[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)

    def qualified(self, node: ast.expr) -> str | None:
        """The qualified name of a chain of attributes."""
        match node:
            case ast.Name(id=name):
                return self.names.of_name(name)
            case ast.Attribute(value=value, attr=attr):
                base = self.qualified(value)
                return canonical(self.names.project, f"{base}.{attr}") if base else None
            case _:
                return None

    def strings(self, node: ast.expr) -> tuple[str, ...]:
        """The texts that an expression may be, or that it lists; empty where that is not known."""
        match node:
            case ast.Constant(value=str() as text):
                return (text,)
            case ast.Name(id=name) if name in self.constants:
                return self.constants[name]
            case ast.Name() | ast.Attribute():
                return self.of_module(node)
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                each = [one.value for one in items if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                return tuple(each) if len(each) == len(items) else ()
            case ast.Dict(keys=keys):
                each = [one.value for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                return tuple(each) if len(each) == len(keys) else ()
            case ast.Call(func=ast.Name(id="sorted" | "set" | "frozenset" | "tuple" | "list"), args=[first, *_]):
                return self.strings(first)
            case ast.Call(func=ast.Attribute(value=value, attr="keys" | "items")):
                return self.strings(value)
            case _:
                return ()

    def of_module(self, node: ast.expr) -> tuple[str, ...]:
        """The texts that a constant of the project is or lists."""
        module, name = split(self.names.project, self.qualified(node) or "")
        owner, _, attribute = name.partition(".")
        if module is not None and attribute and owner in module.definitions:
            return self.of_class(module.definitions[owner], owner, attribute)
        if module is None or name not in module.definitions or module.definitions[name].rebound:
            return ()
        value = self.carrier.sources.value(module, name)
        is_plain = isinstance(value, ast.Constant | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Call)
        return self.strings(value) if value is not None and is_plain else ()

    def of_class(self, definition: Definition, owner: str, attribute: str) -> tuple[str, ...]:
        """The texts that an attribute of a class is or lists."""
        node = self.carrier.sources.piece(definition.location, owner) if definition.kind == "class" else None
        for statement in node.body if node is not None else []:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == attribute:
                    return self.strings(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name == attribute:
                    return self.strings(value)
        return ()
