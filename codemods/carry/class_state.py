"""Classes that keep something for all their objects, which is state like that of a module.

class Counter:
    hits = 0

    @classmethod
    def hit(cls):
        cls.hits += 1
"""

import ast
from collections.abc import Collection, Iterator

from codemods.model import Project
from codemods.view.names import meaning
from codemods.view.source import PUTTING, Function, Sources

CHANGING = PUTTING | {"clear", "discard", "pop", "popitem", "popleft", "remove"}
"""Methods that change a container."""
CONTAINERS = ast.Dict | ast.List | ast.Set | ast.Call | ast.DictComp | ast.ListComp | ast.SetComp


def changed_attributes(project: Project, sources: Sources) -> frozenset[str]:
    """The attributes of classes and functions that code changes by their names: `shop.Counter.hits`."""
    found = set()
    for module in project.modules.values():
        for changed, _ in _changes(sources.tree(module.file)):
            root = changed.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name):
                found.add(meaning(project, module, changed))
    return frozenset(found)


def keeps_state(node: ast.ClassDef, changed_by_name: Collection[str]) -> bool:
    """Whether methods of a class, or code that names it, change what belongs to the class."""
    own = dict(_assigned(node.body))
    if not own.keys().isdisjoint(changed_by_name):
        return True
    if not own:
        return False
    for method in (one for one in node.body if isinstance(one, Function)):
        first = next(iter((*method.args.posonlyargs, *method.args.args)), None)
        is_of_class = any(ast.unparse(one) == "classmethod" for one in method.decorator_list)
        holders = {node.name, *((first.arg,) if first is not None and is_of_class else ())}
        instance = {first.arg} if first is not None and not is_of_class else set()
        for changed, is_in_place in _changes(method):
            root = changed.value
            of_type = ast.unparse(root) in {f"{one}.__class__" for one in instance} | {
                f"type({one})" for one in instance
            }
            if changed.attr not in own:
                continue
            if of_type or (isinstance(root, ast.Name) and root.id in holders):
                return True
            is_shared = is_in_place and isinstance(own[changed.attr], CONTAINERS)
            if is_shared and isinstance(root, ast.Name) and root.id in instance and not _sets(node, changed.attr):
                return True
    return False


def _assigned(body: Collection[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """The attributes of a class with what they start as."""
    for one in body:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield name, value


def _changes(method: ast.AST) -> Iterator[tuple[ast.Attribute, bool]]:
    """The attributes that code binds or changes in place, and which of the two it is."""
    for one in ast.walk(method):
        match one:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield one, False
            case ast.Subscript(value=ast.Attribute() as changed, ctx=ast.Store() | ast.Del()):
                yield changed, True
            case ast.Call(func=ast.Attribute(value=ast.Attribute() as changed, attr=name)) if name in CHANGING:
                yield changed, True


def _sets(node: ast.ClassDef, name: str) -> bool:
    """Whether the objects of a class have an attribute of their own by that name."""
    return any(
        isinstance(one, ast.Attribute) and one.attr == name and isinstance(one.ctx, ast.Store) for one in ast.walk(node)
    )
