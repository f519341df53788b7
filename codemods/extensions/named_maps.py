"""Dictionaries and models of fields that modules keep under a name."""

import ast

from codemods.findings import Diagnostic, Location
from codemods.model import Module, Project
from codemods.view.names import canonical, split
from codemods.view.refusal import refuse
from codemods.view.source import Sources

from .module_names import of_module

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
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None:
        raise refuse(FIELDS_UNREADABLE, place, f"'{qualified}', which no module of the project makes")
    if definition.kind in ("function", "class"):
        raise refuse(FIELDS_UNREADABLE, definition.location, f"'{name}', which is a {definition.kind}")
    value = None if definition.rebound else sources.value(module, name)
    if value is None:
        raise refuse(
            FIELDS_UNREADABLE, definition.location, f"'{name}', which is given its value in more than one place"
        )
    if _changed(project, sources, module, name):
        raise refuse(FIELDS_UNREADABLE, definition.location, f"'{name}', which is changed after it is made")
    return module, name, value


def _changed(project: Project, sources: Sources, home: Module, name: str) -> bool:
    """Whether code anywhere puts something into a dictionary, or takes it out."""
    for module in project.modules.values():
        if name.encode() not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        known = set(of_module(tree))
        for node in ast.walk(tree):
            match node:
                case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()):
                    pass
                case ast.Call(func=ast.Attribute(value=target, attr=attr)) if attr in CHANGES:
                    pass
                case ast.AugAssign(target=target):
                    pass
                case _:
                    continue
            is_own = root_of(target) not in known  # a variable of a function that is called the same
            if not is_own and meaning(project, module, target) == f"{home.name}.{name}":
                return True
    return False


def root_of(node: ast.AST) -> ast.AST:
    """The name that a chain of attributes starts with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def meaning(project: Project, module: Module, node: ast.AST) -> str:
    """What a chain of names of a module stands for."""
    root, dot, rest = ast.unparse(node).partition(".")
    target = f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, "")
    return canonical(project, f"{target}{dot}{rest}") if target else ""
