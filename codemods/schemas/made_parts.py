"""Schemas that code makes with `only` or `exclude`: `UserSchema(only=("id", "name"))`."""

import ast
from collections.abc import Iterator, Mapping

import libcst as cst

from codemods.model import Project
from codemods.view.names import Names
from codemods.view.source import Sources

from .argument_maps import camel
from .field_types import field_names
from .plan import SIDES, Chosen, SchemaPlan, Side
from .reading import UnconvertibleError
from .unnamed import unnamed_schema
from .variants import UnknownFieldError, Variants, key_of, stem

LISTED = 3
"""Fields that the name of a class may list."""
OPTIONS = ("only", "exclude")


def add_parts(project: Project, sources: Sources, variants: Variants) -> None:
    """Add the parts that code makes, outside of other schemas."""
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        if not any(f"{option}=".encode() in content for option in OPTIONS):
            continue
        names = Names(project, module, frozenset(), {})
        for written, sides in _calls(sources.tree(module.file)):
            call = cst.ensure_type(cst.parse_expression(ast.unparse(written)), cst.Call)
            qualified = names.qualified(call.func) or unnamed_schema(call.func, names, variants.plans)
            chosen = chosen_of(call)
            if qualified not in variants.plans or chosen is None:
                continue
            try:
                variants.use(variants.variant(qualified, chosen, _name(variants.plans[qualified], chosen)), sides)
            except UnknownFieldError:
                continue  # Marshmallow refuses it as well, when the code runs: the call stays as it is


def made_schema(call: cst.Call, plans: Mapping[str, SchemaPlan], names: Names) -> str:
    """The schema of the object that a call makes, or the part of one; empty where that is not known."""
    qualified = names.qualified(call.func) or unnamed_schema(call.func, names, plans)
    chosen = chosen_of(call)
    if qualified not in plans or chosen is None:
        return ""
    try:
        return key_of(plans, qualified, chosen)
    except UnknownFieldError:
        return ""


def chosen_of(call: cst.Call) -> Chosen | None:
    """What `only` and `exclude` are given; None where it is not written out."""
    found: dict[str, tuple[str, ...]] = {}
    for one in call.args:
        if one.keyword is None or one.keyword.value not in OPTIONS:
            continue
        try:
            found[one.keyword.value] = field_names(one.value)
        except UnconvertibleError:
            return None
    return Chosen(found.get("only"), found.get("exclude", ()))


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, tuple[Side, ...]]]:
    """The calls with such an option, and the sides that they are for."""
    seen: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr="load" | "dump" as side)) if _has(made):
                seen.add(made)
                yield made, ("load",) if side == "load" else ("dump",)
            case ast.Call() if node not in seen and _has(node):
                yield node, SIDES


def _has(call: ast.Call) -> bool:
    return any(one.arg in OPTIONS for one in call.keywords)


def _name(plan: SchemaPlan, chosen: Chosen) -> str:
    """`UserIdName`, `UserWithoutPosts`; `UserPart` where these would be too long."""
    listed = chosen.only if chosen.only is not None else chosen.exclude
    if len(listed) > LISTED or (chosen.only is not None and chosen.exclude) or any("." in one for one in listed):
        return f"{stem(plan.name)}Part"
    return f"{stem(plan.name)}{'' if chosen.only is not None else 'Without'}{''.join(map(camel, listed))}"
