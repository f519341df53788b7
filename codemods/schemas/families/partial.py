"""Which schemas are loaded with `partial=True`: these get a class of which every field may be left out."""

import ast
from collections.abc import Mapping
from dataclasses import replace

import libcst as cst

from codemods.model import Module, Project
from codemods.view.names import Names
from codemods.view.source import Sources

from ..basis.plan import SchemaPlan, effective_fields
from .made_parts import made_schema
from .naming import patch_name


def with_patches(project: Project, sources: Sources, plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, with a name for the class of each schema that is loaded in part, by itself or inside another."""
    waiting = {name for module in project.modules.values() for name in _partly_loaded(project, sources, module, plans)}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in plans and name not in found and plans[name].loads:
            found.add(name)
            waiting |= {one for field in effective_fields(plans, name).values() if field.loads for one in field.nested}
            waiting |= {one.schema.qualified for one in plans[name].kinds}
    return {
        name: replace(plan, patch_name=patch_name(project, plans, plan)) if name in found else plan
        for name, plan in plans.items()
    }


def _partly_loaded(project: Project, sources: Sources, module: Module, plans: Mapping[str, SchemaPlan]) -> list[str]:
    """The schemas of calls with `partial=`: of `UserSchema(partial=True)`, or of the object that is called."""
    if b"partial" not in sources.files.get(module.file, b""):
        return []
    names = Names(project, module, frozenset(), {})
    found = []
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, ast.Call) and any(_is_partial(one) for one in node.keywords):
            made = node.func.value if isinstance(node.func, ast.Attribute) else node
            if isinstance(made, ast.Call):
                call = cst.ensure_type(cst.parse_expression(ast.unparse(made)), cst.Call)
                found.append(made_schema(call, plans, names))
            else:
                qualified = names.qualified(cst.parse_expression(ast.unparse(made))) or ""
                found.append(_made(project, sources, plans, qualified))
    return [one for one in found if one in plans]


def _is_partial(keyword: ast.keyword) -> bool:
    """Whether all of a schema's fields may be left out, or may turn out to be when the code runs."""
    if keyword.arg != "partial" or isinstance(keyword.value, ast.Tuple | ast.List | ast.Set):
        return False
    return not isinstance(keyword.value, ast.Constant) or keyword.value.value is True


def _made(project: Project, sources: Sources, plans: Mapping[str, SchemaPlan], qualified: str) -> str:
    """The class of an object that a module makes once."""
    owner = project.modules.get(qualified.rpartition(".")[0])
    if owner is None:
        return ""
    names = Names(project, owner, frozenset(), {})
    for name, value in assigned(sources, owner):
        if name == qualified.rpartition(".")[2] and isinstance(value, cst.Call):
            return made_schema(value, plans, names)
    return ""


def assigned(files: Sources, module: Module) -> list[tuple[str, cst.BaseExpression]]:
    """The names that the top of a module binds to calls, also several at once."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for statement in files.tree(module.file).body:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(
                values
            ):
                pairs += zip(targets, values, strict=True)
            case ast.Assign(targets=[target], value=value):
                pairs.append((target, value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pairs.append((target, value))
    return [
        (target.id, cst.parse_expression(ast.unparse(value)))
        for target, value in pairs
        if isinstance(target, ast.Name) and target.id in module.definitions and isinstance(value, ast.Call)
    ]
