"""Classes of a project that only fix arguments of Flask-RESTX's `Api` or `Namespace`, or what its own pages say.

class ShopApi(Api):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, title="Shop", validate=True, **kwargs)

    @property
    def specs_url(self):
        return url_for(self.endpoint("specs"), _external=True, _scheme="https")
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codemods.model import Module, Project
from codemods.view.names import meaning, split
from codemods.view.source import Sources

from .own_classes import own_class

PACKAGE = "flask_restx"
LIBRARY = frozenset({f"{PACKAGE}.Api", f"{PACKAGE}.Namespace"})
MOST = 20
"""How many classes one after the other are followed to their bases."""
DOCUMENTING = frozenset({"specs_url", "base_url", "base_path", "render_doc"})
"""Members of an `Api` that only its own pages for Swagger ask, which stay on Flask."""
COMPUTED = frozenset({"app", "api", "decorators"})
"""Arguments that are read where the call is, whose names a class does not have."""


@dataclass(frozen=True, slots=True)
class OwnApi:
    """The library's class that one of the project's inherits from, with the arguments that it gives always, and those
    that it gives where a call does not."""

    base: str
    fixed: tuple[ast.keyword, ...] = ()
    usual: tuple[ast.keyword, ...] = ()


def made_of(project: Project, sources: Sources, maker: str, call: ast.Call) -> tuple[str, ast.Call]:
    """The library's class that a call makes an object of, with the call as it would be of that; any other as it is."""
    if maker in LIBRARY or split(project, maker)[0] is None:
        return maker, call
    found = own_api(project, sources, maker)
    if found is None:
        return maker, call
    given = {one.arg for one in call.keywords}
    words = [*call.keywords, *found.fixed, *(one for one in found.usual if one.arg not in given)]
    return found.base, ast.copy_location(ast.Call(call.func, call.args, words), call)


def spelled(project: Project, sources: Sources) -> frozenset[bytes]:
    """The words of which a module has one that makes an `Api` or a namespace, or a class of these."""
    found, before = {PACKAGE}, 0
    while len(found) > before:  # a class may inherit from a class
        before, words = len(found), [one.encode() for one in found]
        for module in project.modules.values():
            if any(word in sources.files.get(module.file, b"") for word in words):
                found |= {
                    name
                    for name, one in module.definitions.items()
                    if one.kind == "class" and is_api(project, sources, one.qualified)
                }
    return frozenset(one.encode() for one in found)


def is_api(project: Project, sources: Sources, qualified: str, depth: int = 0) -> bool:
    """Whether a class is the library's or inherits from it, whatever it does."""
    if qualified in LIBRARY:
        return True
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or depth > MOST:
        return False
    node = sources.piece(definition.location, name)
    bases = [one for one in getattr(node, "bases", []) if isinstance(one, ast.Name | ast.Attribute)]
    return any(is_api(project, sources, meaning(project, module, one), depth + 1) for one in bases)


def own_api(project: Project, sources: Sources, qualified: str) -> OwnApi | None:
    """What a class of the project's, or the library's own, gives; None for any other, and for one that does more."""
    if qualified in LIBRARY:
        return OwnApi(qualified)
    own = own_class(project, sources, qualified)
    if own is None or len(own.bases) != 1:
        return None
    found = own_api(project, sources, own.bases[0])
    for statement in own.node.body:
        found = _with(own.module, statement, found) if found is not None else None
    return found


def _with(module: Module, statement: ast.stmt, found: OwnApi) -> OwnApi | None:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return found
        case ast.FunctionDef(name=name) if name in DOCUMENTING and found.base.endswith("Api"):
            return found
        case ast.FunctionDef(
            name="__init__",
            args=ast.arguments(
                posonlyargs=[],
                args=[ast.arg(arg=own)],
                vararg=ast.arg(arg=args),
                kwonlyargs=[],
                kwarg=ast.arg(arg=words),
            ),
            body=[*first, ast.Expr(value=ast.Call() as last)],
            decorator_list=[],
        ) if not found.fixed and not found.usual:
            usual = _usual(first, words)
            fixed = _fixed(last, own, args, words)
            known = usual is not None and fixed is not None
            return replace(found, fixed=fixed or (), usual=usual or ()) if known else None
    return None


def _usual(statements: Sequence[ast.stmt], words: str) -> tuple[ast.keyword, ...] | None:
    """What `kwargs.setdefault("title", "Shop")` gives; None for any other statement."""
    found: list[ast.keyword] = []
    for statement in statements:
        match statement:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=own), attr="setdefault"),
                    args=[ast.Constant(value=str() as name), value],
                    keywords=[],
                )
            ) if own == words and name not in COMPUTED and name not in {one.arg for one in found}:
                found.append(ast.keyword(name, value))
            case _:
                return None
    return tuple(found)


def _fixed(call: ast.Call, own: str, args: str, words: str) -> tuple[ast.keyword, ...] | None:
    """What `super().__init__(*args, validate=True, **kwargs)` gives; None for any other call."""
    is_super = ast.unparse(call.func) == "super().__init__"
    match call:
        case ast.Call(
            args=[ast.Starred(value=ast.Name(id=all_args))], keywords=[*given, ast.keyword(arg=None) as rest]
        ):
            is_whole = all_args == args and ast.unparse(rest.value) == words
            is_plain = all(one.arg is not None and one.arg not in COMPUTED for one in given)
            named = {one.id for each in given for one in ast.walk(each.value) if isinstance(one, ast.Name)}
            return tuple(given) if is_super and is_whole and is_plain and not named & {own, args, words} else None
    return None
