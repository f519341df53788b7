"""Classes and modules that hold settings in names in capitals: which ones, and of what type."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.model import Module
from codemods.view.names import canonical, split

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
        inherited = attributes(carrier, _base(carrier, module, base)) if ast.unparse(base) != "object" else {}
        if inherited is None:
            return None
        found |= inherited
    return {**found, **_named(piece.body)}


def _base(carrier: "Carrier", module: Module, base: ast.expr) -> str:
    head, _, rest = ast.unparse(base).partition(".")
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
