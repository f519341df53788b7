"""Objects of a module that never change: made once of constants, by a plain class whose methods only read them.

    class Greeter:
        def __init__(self, greeting):
            self.greeting = greeting

        def __call__(self, name="you"):
            return f"{self.greeting} {name}"

    hello = Greeter("Hello")

Another such object is as good as this one, so that each side may have its own.
"""

import ast
from typing import TYPE_CHECKING

import libcst as cst

from codemods.model import Definition, Module
from codemods.view.names import Names, split

if TYPE_CHECKING:
    from .carrier import Carrier

Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_fixed_object(carrier: "Carrier", module: Module, definition: Definition, name: str) -> bool:
    """Whether a name of a module stands for such an object."""
    value = carrier.sources.value(module, name)
    if definition.rebound or not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name | ast.Attribute):
        return False
    given = (*value.args, *(keyword.value for keyword in value.keywords))
    if not all(isinstance(one, ast.Constant) for one in given) or any(one.arg is None for one in value.keywords):
        return False
    names = Names(carrier.project, module, frozenset(), {})
    home, rest = split(carrier.project, names.qualified(cst.parse_expression(ast.unparse(value.func))) or "")
    known = home.definitions.get(rest) if home is not None else None
    if home is None or known is None or known.kind != "class" or known.rebound:
        return False
    node = carrier.sources.piece(known.location, rest)
    return isinstance(node, ast.ClassDef) and _is_plain(node) and not _is_set_elsewhere(carrier, node)


def _is_plain(node: ast.ClassDef) -> bool:
    """Whether a class has only methods and constants, and keeps only constants in `__init__`, or what that is given."""
    if node.bases or node.keywords or node.decorator_list:
        return False
    for statement in node.body:
        match statement:
            case ast.FunctionDef() if not statement.decorator_list and _only_reads(statement):
                continue
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Assign(targets=[ast.Name()], value=ast.Constant()):
                continue
            case _:
                return False
    return True


def _only_reads(function: ast.FunctionDef) -> bool:
    """Whether a method sets nothing of its instance but in `__init__`, and hands the instance on to nobody."""
    if not function.args.args:
        return False
    instance = function.args.args[0].arg
    kept = set()
    if function.name == "__init__":
        parameters = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
        for statement in function.body:
            match statement:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id=own)) as target], value=ast.Name(id=given)
                ) if own == instance and given in parameters - {instance}:
                    kept.add(target)
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=own)) as target], value=ast.Constant()) if (
                    own == instance
                ):
                    kept.add(target)
    read = {
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Attribute) and (isinstance(one.ctx, ast.Load) or one in kept)
    }
    named = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == instance]
    inner = any(isinstance(one, Function | ast.Lambda) for one in ast.walk(function) if one is not function)
    return all(one in read for one in named) and not inner


def _is_set_elsewhere(carrier: "Carrier", node: ast.ClassDef) -> bool:
    """Whether code of the project sets an attribute of the name of one of the class's, outside of it."""
    own = {one.name for one in node.body if isinstance(one, Function)}
    own |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    own |= {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load)}
    within = {id(one) for one in ast.walk(node)}
    wanted = [b"setattr", b"delattr", *(f".{name}".encode() for name in own)]
    for module in carrier.project.modules.values():
        if not any(one in carrier.sources.files.get(module.file, b"") for one in wanted):
            continue
        for one in ast.walk(carrier.sources.tree(module.file)):
            if id(one) not in within and _may_set(one, own):
                return True
    return False


def _may_set(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
            return name in names
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, ast.Constant(value=name), *_]):
            return name in names
        case ast.Call(func=ast.Name(id="setattr" | "delattr")):
            return True
        case _:
            return False
