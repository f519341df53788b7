"""WSGI middleware whose effect is known, and how the source sets it up.

app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_host=1)    →    (("x_for", 1), ("x_host", 1))
"""

import ast
from collections.abc import Iterator, Mapping

from .reading import Raws

PROXY_FIX = "werkzeug.middleware.proxy_fix.ProxyFix"
ARGUMENTS = ("x_for", "x_proto", "x_host", "x_port", "x_prefix")
ATTRIBUTE = "wsgi_app"


def proxy_fix(raws: Raws) -> tuple[tuple[str, int], ...] | None:
    """The arguments of the one `ProxyFix` around the application; None where there is none, or it depends on anything.

    Only a statement that runs whenever the application is made counts, with numbers that are spelled out.
    """
    found: list[tuple[tuple[str, int], ...] | None] = []
    for name in raws:
        if ATTRIBUTE.encode() not in raws.source(name):
            continue
        tree = ast.parse(raws.source(name))
        certain = {id(one) for one in _certain(tree.body)}
        imports = _imports(tree)
        for node in ast.walk(tree):
            if _sets_wsgi_app(node):
                is_sure = isinstance(node, ast.Assign) and id(node) in certain
                found.append(_arguments(node.value, imports) if isinstance(node, ast.Assign) and is_sure else None)
    return found[0] if len(found) == 1 else None


def _sets_wsgi_app(node: ast.AST) -> bool:
    """Whether a node assigns to, or deletes, an attribute `wsgi_app`, or names it as text."""
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Attribute) and one.attr == ATTRIBUTE for one in node.targets)
    if isinstance(node, ast.Constant):
        return bool(node.value == ATTRIBUTE)
    targets: list[ast.expr] = []
    match node:
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            targets = [target]
        case ast.Delete(targets=deleted):
            targets = deleted
        case ast.FunctionDef(name=name):
            return name == ATTRIBUTE
    return any(isinstance(one, ast.Attribute) and one.attr == ATTRIBUTE for one in targets)


def _certain(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run whenever the module, or the function that makes the application, does."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef):
            yield from _certain(statement.body)


def _imports(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _arguments(call: ast.expr, imports: Mapping[str, str]) -> tuple[tuple[str, int], ...] | None:
    """The numbers that `ProxyFix` is given around the application's own `wsgi_app`."""
    match call:
        case ast.Call(func=ast.Name(id=name), args=[ast.Attribute(attr=wrapped), *positional], keywords=keywords):
            if imports.get(name) != PROXY_FIX or wrapped != ATTRIBUTE:
                return None
        case _:
            return None
    given = [*zip(ARGUMENTS, positional, strict=False), *((one.arg or "", one.value) for one in keywords)]
    numbers = [(name, one.value) for name, one in given if isinstance(one, ast.Constant)]
    plain = [(name, value) for name, value in numbers if name in ARGUMENTS and isinstance(value, int)]
    return tuple((name, int(value)) for name, value in plain) if len(plain) == len(given) else None
