"""Arguments of request parsers that are objects, or that a loop over a list adds, as calls that spell them out.

ARGUMENTS = [Argument("name", required=True), Argument("rate", type=int)]

for one in ARGUMENTS:                       →       parser.add_argument("name", required=True)
    parser.add_argument(one)                        parser.add_argument("rate", type=int)
"""

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy

from codemods.extensions.basis.kept_values import kept_value
from codemods.extensions.basis.module_names import of_module
from codemods.model import Module, Project
from codemods.view.names import meaning
from codemods.view.source import Sources

ARGUMENTS = frozenset({"flask_restful.reqparse.Argument", "flask_restx.reqparse.Argument"})


def unrolled(project: Project, sources: Sources, module: Module, loop: ast.For) -> list[ast.stmt] | None:
    """The calls that a loop over a list makes, one after the other; None for any other loop."""
    items = _items(project, sources, module, loop.iter)
    if items is None or loop.orelse or not all(isinstance(one, ast.Expr) for one in loop.body):
        return None
    found: list[ast.stmt] = []
    for item in items:
        values = _bound(loop.target, item)
        if values is None:
            return None
        found += [ast.copy_location(_Filled(values).visit(deepcopy(one)), loop) for one in loop.body]
    return found


def spelled_out(project: Project, sources: Sources, module: Module, call: ast.Call, trims: bool) -> ast.Call | None:
    """`add_argument(Argument("name"))` as `add_argument("name")`, and any other call as it is; None for an object that
    is not a module's own, or one under a name that the parser `trims`, for others that have it, too."""
    match call:
        case ast.Call(args=[ast.Call(func=ast.Name() | ast.Attribute() as func) as made], keywords=[]) if (
            meaning(project, module, func) in ARGUMENTS
        ):
            given = [one for one in made.keywords if not (trims and one.arg == "trim")]
            return ast.copy_location(ast.Call(call.func, made.args, given), call)
        case ast.Call(args=[ast.Name() | ast.Attribute() as named], keywords=[]):
            kept = kept_value(project, sources, meaning(project, module, named))
            if kept is None or not isinstance(kept.value, ast.Call):
                return call
            if meaning(project, kept.module, kept.value.func) not in ARGUMENTS:
                return call
            is_fixed = not trims and kept.module is module and not _is_set(sources, kept.path)
            inner = ast.copy_location(ast.Call(call.func, kept.value.args, kept.value.keywords), call)
            return inner if is_fixed else None
        case _:
            return call


def _items(project: Project, sources: Sources, module: Module, node: ast.expr) -> Sequence[ast.expr] | None:
    """What stands in a list or tuple, or in one that the module keeps under a name and that nobody changes."""
    match node:
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return None if any(isinstance(one, ast.Starred) for one in elts) else elts
        case ast.Call(func=ast.Attribute(value=inner, attr="items"), args=[], keywords=[]):
            kept = kept_value(project, sources, meaning(project, module, inner))
            shown = inner if isinstance(inner, ast.Dict) else kept.value if kept is not None else None
            if not isinstance(shown, ast.Dict) or None in shown.keys:
                return None
            if kept is not None and (kept.module is not module or _is_handed_on(sources, module, kept.path)):
                return None
            pairs = zip(shown.keys, shown.values, strict=True)
            return [ast.Tuple([key, value], ast.Load()) for key, value in pairs if key is not None]
        case ast.Name():
            kept = kept_value(project, sources, meaning(project, module, node))
            if kept is None or kept.module is not module or _is_handed_on(sources, module, kept.path):
                return None
            shown = kept.value
            return _items(project, sources, module, shown) if isinstance(shown, ast.List | ast.Tuple) else None
        case _:
            return None


def _is_handed_on(sources: Sources, module: Module, name: str) -> bool:
    """Whether code anywhere does more with a module's list than walk through it."""
    for file, content in sources.files.items():
        if name.encode() not in content:
            continue
        if file != module.file:
            return True
        tree = sources.tree(file)
        walked = {id(one.iter) for one in ast.walk(tree) if isinstance(one, ast.For)}
        walked |= {
            id(one.func.value)
            for one in ast.walk(tree)
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "items"
        }
        named = [one for one in of_module(tree) if one.id == name]
        if any(id(one) not in walked for one in named if isinstance(one.ctx, ast.Load)):
            return True
    return False


def _is_set(sources: Sources, name: str) -> bool:
    """Whether code sets an attribute of what has a name."""
    return any(
        isinstance(one, ast.Attribute)
        and isinstance(one.ctx, ast.Store)
        and ast.unparse(one.value).rpartition(".")[2] == name
        for file, content in sources.files.items()
        if name.encode() in content
        for one in ast.walk(sources.tree(file))
    )


def _bound(target: ast.expr, item: ast.expr) -> Mapping[str, ast.expr] | None:
    """The names of a loop with what they stand for; None where that is not told."""
    match target, item:
        case ast.Name(id=name), _:
            return {name: item}
        case ast.Tuple(elts=targets), ast.Tuple(elts=items) | ast.List(elts=items) if len(targets) == len(items):
            pairs = [_bound(one, each) for one, each in zip(targets, items, strict=True)]
            return None if None in pairs else {name: value for one in pairs for name, value in (one or {}).items()}
        case _:
            return None


class _Filled(ast.NodeTransformer):
    """A statement of a loop with what its names stand for: `**one` as the keywords of a dictionary."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.copy_location(deepcopy(self.values[node.id]), node) if node.id in self.values else node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        args: list[ast.expr] = []
        for one in node.args:
            if isinstance(one, ast.Starred) and isinstance(one.value, ast.List | ast.Tuple):
                args += one.value.elts
            else:
                args.append(one)
        words: list[ast.keyword] = []
        for word in node.keywords:
            match word:
                case ast.keyword(arg=None, value=ast.Dict(keys=keys, values=values)) if all(
                    isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys
                ):
                    names = [str(key.value) for key in keys if isinstance(key, ast.Constant)]
                    words += [ast.keyword(name, value) for name, value in zip(names, values, strict=True)]
                case _:
                    words.append(word)
        node.args, node.keywords = args, words
        return node
