"""Decorators that are another decorator under a name of their own, as that other one.

def admin_required(view):
    return permission_required(Permission.ADMIN)(view)      →    @permission_required(Permission.ADMIN)
"""

import ast

from codemods.carry import Carrier
from codemods.extensions.objects import meaning
from codemods.findings import Location
from codemods.model import Decorator, Module
from codemods.view.names import canonical, split

DEPTH = 5


def spelled_out(carrier: Carrier, decorator: Decorator, module: Module) -> tuple[Decorator, Module]:
    """The decorator that is meant, with the module in which it is written; the same where it is none of these."""
    for _ in range(DEPTH):
        found = _meant(carrier, decorator)
        if found is None:
            break
        decorator, module = found
    return decorator, module


def _meant(carrier: Carrier, decorator: Decorator) -> tuple[Decorator, Module] | None:
    home, name = split(carrier.project, canonical(carrier.project, decorator.qualified or ""))
    definition = home.definitions.get(name) if home is not None else None
    if home is None or definition is None or definition.kind != "function" or definition.decorators:
        return None
    node = carrier.sources.piece(definition.location, name)
    written_as = ast.parse(decorator.text.lstrip("@").strip(), mode="eval").body
    if not isinstance(node, ast.FunctionDef) or not isinstance(written_as, ast.Name | ast.Attribute):
        return None
    match node.args, [one for one in node.body if not _is_docstring(one)]:
        case ast.arguments(
            posonlyargs=[], args=[ast.arg(arg=view)], kwonlyargs=[], vararg=None, kwarg=None, defaults=[]
        ), [ast.Return(value=ast.Call(func=written, args=[ast.Name(id=given)], keywords=[]))] if given == view:
            called = written.func if isinstance(written, ast.Call) else written
            uses_view = any(isinstance(one, ast.Name) and one.id == view for one in ast.walk(written))
            if uses_view or not isinstance(called, ast.Name | ast.Attribute):
                return None
            location = Location(definition.location.file, written.lineno)
            return Decorator(ast.unparse(written), meaning(carrier.project, home, called), location), home
        case _:
            return None


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
