"""Dictionaries and models of fields that modules keep under a name.

task_fields = {"id": fields.Integer}
task_fields["address"] = {}                                 # put into it by the module itself
task_fields["address"]["city"] = fields.String
more_fields = dict(task_fields, name=fields.String)         # or made of others
"""

import ast
from collections.abc import Collection, Sequence
from copy import deepcopy
from typing import Any

from codemods.extensions.basis.kept_values import KeptValue, kept_value, spellings
from codemods.extensions.basis.module_names import of_module
from codemods.findings import Diagnostic, Location
from codemods.model import Module, Project
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Piece, Sources

FIELDS_UNREADABLE = Diagnostic(
    "FM776",
    "blocked",
    "fields of Flask-RESTful or Flask-RESTX that cannot be read from their module",
    "Which fields clients see, or how they are written, is decided while the application runs, or by a class that "
    "changes more than one value.",
    "Write the fields in one dictionary or model at the top of a module, and let classes of your own inherit from "
    "simple fields and have the methods format or output.",
)

CHANGES = frozenset({"update", "pop", "popitem", "setdefault", "clear"})


def named_map(
    project: Project, sources: Sources, qualified: str, place: Location | None = None
) -> tuple[Module, str, ast.expr]:
    """The module, name and value of a dictionary that a module makes once, and that is named at a place; raises
    `Refused`."""
    kept = kept_value(project, sources, qualified)
    if kept is None:
        raise _unkept(project, qualified, place)
    module, name = kept.module, kept.path
    location = Location(module.file, kept.value.lineno)
    value, known = kept.value, frozenset[ast.AST]()
    if "." not in name:
        knows_dict = "dict" not in {*module.definitions, *module.imports}
        value, known = filled(sources.tree(module.file), name, value, knows_dict)
    if _changed(project, sources, kept, known):
        raise refuse(FIELDS_UNREADABLE, location, f"'{name}', which is changed after it is made")
    return module, name, value


def _unkept(project: Project, qualified: str, place: Location | None) -> Refused:
    """The reason why there is no dictionary under a name."""
    module, name = split(project, qualified)
    definition = module.definitions.get(name.partition(".")[0]) if module is not None else None
    if definition is None:
        return refuse(FIELDS_UNREADABLE, place, f"'{qualified}', which no module of the project makes")
    if definition.kind in ("function", "class") and "." not in name:
        return refuse(FIELDS_UNREADABLE, definition.location, f"'{name}', which is a {definition.kind}")
    return refuse(FIELDS_UNREADABLE, definition.location, f"'{name}', which is given its value in more than one place")


def filled(
    tree: ast.Module, name: str, value: ast.expr, knows_dict: bool = False
) -> tuple[ast.expr, frozenset[ast.AST]]:
    """A dictionary of a module with what the statements behind it put into it, and the targets of these.

    Nothing is followed from the first statement on that does anything else with it; definitions look at it later.
    `knows_dict` tells that `dict` is Python's there.
    """
    shown = as_display(value, knows_dict)
    made, known = deepcopy(shown), set[ast.AST]()
    is_made = False
    for statement in tree.body:
        match statement:
            case ast.Assign(value=one) | ast.AnnAssign(value=one) if one is value:
                is_made = True
            case ast.Assign(targets=[ast.Subscript() as target], value=one) if is_made and _put(
                made, name, target, one
            ):
                known.add(target)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="update")) as call) if (
                is_made and owner == name and _update(made, call)
            ):
                known.add(call)
            case _ if is_made and not isinstance(statement, Piece):
                if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(statement)):
                    break
    return (made, frozenset(known)) if known else (shown, frozenset())


def as_display(value: ast.expr, knows_dict: bool) -> ast.expr:
    """`dict(base, name=...)` and `base.copy()` as `{**base, "name": ...}`; any other expression as it is."""
    match value:
        case ast.Call(func=ast.Name(id="dict"), args=args, keywords=keywords) if knows_dict:
            made = ast.copy_location(ast.Dict([], []), value)
            return made if _extend(made, args, keywords) else value
        case ast.Call(func=ast.Attribute(value=ast.Name() as base, attr="copy"), args=[], keywords=[]):
            return ast.copy_location(ast.Dict([None], [base]), value)
        case _:
            return value


def _update(made: ast.expr, call: ast.Call) -> bool:
    """Put what `update` is given into a dictionary; False where that cannot be told."""
    return isinstance(made, ast.Dict) and _extend(made, call.args, call.keywords)


def _extend(made: ast.Dict, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> bool:
    """Put a dictionary and keywords behind what a display has, where a later one of a key counts."""
    if len(args) > 1 or any(isinstance(one, ast.List | ast.Tuple | ast.Call | ast.Starred) for one in args):
        return False
    pairs: list[tuple[ast.expr | None, ast.expr]] = [*zip(made.keys, made.values, strict=True)]
    for one in args:
        pairs += zip(one.keys, one.values, strict=True) if isinstance(one, ast.Dict) else [(None, one)]
    pairs += [(ast.Constant(word.arg) if word.arg is not None else None, word.value) for word in keywords]
    made.keys, made.values = [key for key, _ in pairs], [deepcopy(value) for _, value in pairs]
    return True


def _put(made: ast.expr, name: str, target: ast.Subscript, value: ast.expr) -> bool:
    """Put a value where a chain of constant keys leads in the dictionary of that name; False where it is another."""
    keys: list[Any] = []
    node: ast.expr = target
    while isinstance(node, ast.Subscript):
        if not isinstance(node.slice, ast.Constant):
            return False
        keys.insert(0, node.slice.value)
        node = node.value
    if not isinstance(node, ast.Name) or node.id != name:
        return False
    for key in keys[:-1]:
        inner = _entries(made)
        if inner is None or key not in inner:
            return False
        made = inner[key]
    if isinstance(made, ast.Dict) and None in made.keys:
        return _extend(made, [], [ast.keyword(keys[-1], value)])
    if (entries := _entries(made)) is None:
        return False
    assert isinstance(made, ast.Dict)
    entries[keys[-1]] = deepcopy(value)
    made.keys, made.values = [ast.Constant(one) for one in entries], [*entries.values()]
    return True


def _entries(node: ast.expr) -> dict[Any, ast.expr] | None:
    """What stands in a dictionary, by its keys; None where they are not all constants."""
    if not isinstance(node, ast.Dict):
        return None
    pairs = zip(node.keys, node.values, strict=True)
    found = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
    return found if len(found) == len(node.keys) else None


def _changed(project: Project, sources: Sources, kept: KeptValue, known_targets: Collection[ast.AST]) -> bool:
    """Whether code anywhere puts something into a dictionary, or takes it out, beside what is known."""
    words = spellings(project, sources, kept)
    for module in project.modules.values():
        if not any(word in sources.files.get(module.file, b"") for word in words):
            continue
        tree = sources.tree(module.file)
        known = set(of_module(tree))
        for node in ast.walk(tree):
            match node:
                case _ if node in known_targets:
                    continue
                case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()):
                    while isinstance(target, ast.Subscript):
                        target = target.value
                case ast.Call(func=ast.Attribute(value=target, attr=attr)) if attr in CHANGES:
                    pass
                case ast.AugAssign(target=target):
                    pass
                case _:
                    continue
            if root_of(target) not in known:  # a variable of a function, which may be an object of the class
                if isinstance(target, ast.Attribute) and kept.path.endswith(f".{target.attr}"):
                    return True
                continue
            if not isinstance(target, ast.Name | ast.Attribute):
                continue
            found = kept_value(project, sources, meaning(project, module, target))
            if found is not None and found.qualified == kept.qualified:
                return True
    return False


def root_of(node: ast.AST) -> ast.AST:
    """The name that a chain of attributes starts with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node
