"""Classes and modules that hold settings in names in capitals: which ones, and of what type."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.model import Module
from codemods.view.names import canonical, split

from .config_statements import SHORT, Unknown
from .substitution import substituted

if TYPE_CHECKING:
    from .carrier import Carrier

CONVERTING = frozenset({"bool", "float", "int", "str"})


def annotation_of(value: ast.expr) -> str:
    """The type of a value, where its text says so."""
    match value:
        case ast.Constant(value=bool() | int() | float() | str() as constant):
            return type(constant).__name__
        case ast.JoinedStr():
            return "str"
        case ast.Call(func=ast.Name(id=name)) if name in CONVERTING:
            return name
        case ast.Dict():
            return "dict[str, Any]"
        case ast.List():
            return "list[Any]"
        case _:
            return "Any"


def attributes(carrier: "Carrier", qualified: str) -> Mapping[str, str] | None:
    """The names in capitals of a class or module with their types; None where the source does not tell all of them."""
    module, rest = split(carrier.project, qualified)
    if module is None:
        return None
    if not rest:
        return _named(carrier.sources.tree(module.file).body)
    definition = module.definitions.get(rest)
    if definition is None or definition.kind != "class":
        return None
    piece = carrier.sources.piece(definition.location, rest)
    if not isinstance(piece, ast.ClassDef) or piece.keywords or piece.decorator_list:
        return None
    found: dict[str, str] = {}
    for base in reversed(piece.bases):
        inherited = (
            attributes(carrier, meant(carrier, module, ast.unparse(base))) if ast.unparse(base) != "object" else {}
        )
        if inherited is None:
            return None
        found |= inherited
    return {**found, **_named(piece.body)}


def chosen(carrier: "Carrier", module: Module, given: ast.expr) -> ast.expr:
    """An object that a table of this module's is asked for, or that is made of one, with the table in its place."""
    names = {one.id for one in ast.walk(given) if isinstance(one, ast.Name)} & module.definitions.keys()
    values = {name: carrier.sources.value(module, name) for name in sorted(names)}
    return substituted(given, {name: one for name, one in values.items() if isinstance(one, ast.Dict)})


def held(carrier: "Carrier", module: Module, given: ast.expr) -> Mapping[str, str] | None:
    """The names in capitals of an object that is no text, None where the source does not tell them; raises `Unknown`
    for one that may be a text, which Flask imports."""
    match given:
        case ast.Call(func=ast.Subscript() as made, args=[], keywords=[]):
            return held(carrier, module, made)
        case ast.Subscript(value=ast.Name(id=name)):
            owner, rest = split(carrier.project, meant(carrier, module, name))
            table = carrier.sources.value(owner, rest) if owner is not None else None
            if owner is not None and isinstance(table, ast.Dict):
                return held(carrier, owner, ast.Subscript(table, given.slice))
        case ast.Subscript(value=ast.Dict(values=values)):
            for one in values:
                held(carrier, module, one)
            return None
        case ast.Call(func=ast.Name() | ast.Attribute() as made):
            owner, rest = split(carrier.project, meant(carrier, module, ast.unparse(made)))
            if owner is not None and rest in owner.definitions and owner.definitions[rest].kind == "class":
                return None
        case ast.Name() | ast.Attribute():
            known = attributes(carrier, meant(carrier, module, ast.unparse(given)))
            if known is not None:
                return known
    raise Unknown(f"'config.from_object({ast.unparse(given)[:SHORT]})'")


def meant(carrier: "Carrier", module: Module, chain: str) -> str:
    """What a chain of names stands for in a module."""
    head, _, rest = chain.partition(".")
    target = f"{module.name}.{head}" if head in module.definitions else module.imports.get(head, head)
    return canonical(carrier.project, f"{target}.{rest}" if rest else target)


def _named(body: list[ast.stmt]) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement in body:
        for node in ast.walk(statement) if not isinstance(statement, ast.FunctionDef | ast.ClassDef) else ():
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        if isinstance(target, ast.Name) and target.id.isupper():
                            found[target.id] = annotation_of(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                    found[name] = annotation_of(value)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.name.isupper():
            found[statement.name] = "Any"
    return found
