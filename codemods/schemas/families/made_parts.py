"""Schemas that code makes with `only` or `exclude`: `UserSchema(only=("id", "name"))`."""

import ast
from collections.abc import Mapping

import libcst as cst

from codemods.model import Project
from codemods.view.names import Names, split
from codemods.view.source import Sources

from ..basis.plan import Chosen, SchemaPlan
from ..basis.reading import UnconvertibleError
from ..fields.nesting import field_names
from ..fields.unnamed import unnamed_schema
from .part_places import OPTIONS, Place, places
from .variants import UnknownFieldError, Variants, key_of


def add_parts(project: Project, sources: Sources, variants: Variants) -> Mapping[str, list[Place]]:
    """Add the parts that code makes, outside of other schemas; returns the places of each."""
    found: dict[str, list[Place]] = {}
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        if not any(f"{option}=".encode() in content for option in OPTIONS):
            continue
        names = Names(project, module, frozenset(), {})
        schemas = {name for name in module.definitions if f"{module.name}.{name}" in variants.plans}
        for written, place in places(sources.tree(module.file), module.file, schemas.__contains__):
            call = cst.ensure_type(cst.parse_expression(ast.unparse(written)), cst.Call)
            qualified = names.qualified(call.func) or unnamed_schema(call.func, names, variants.plans)
            chosen = chosen_of(call, names)
            if qualified not in variants.plans or chosen is None:
                continue
            try:
                key = variants.variant(qualified, chosen)
            except UnknownFieldError:
                continue  # Marshmallow refuses it as well, when the code runs: the call stays as it is
            variants.use(key, place.sides)
            found.setdefault(key, []).append(place)
    return found


def made_schema(call: cst.Call, plans: Mapping[str, SchemaPlan], names: Names) -> str:
    """The schema of the object that a call makes, or the part of one; empty where that is not known."""
    qualified = names.qualified(call.func) or unnamed_schema(call.func, names, plans)
    chosen = chosen_of(call, names)
    if qualified not in plans or chosen is None:
        return ""
    try:
        return key_of(plans, qualified, chosen)
    except UnknownFieldError:
        return ""


def chosen_of(call: cst.Call, names: Names) -> Chosen | None:
    """What `only` and `exclude` are given, be it as a constant of a module; None where it is not written out."""
    found: dict[str, tuple[str, ...]] = {}
    for one in call.args:
        if one.keyword is None or one.keyword.value not in OPTIONS:
            continue
        try:
            found[one.keyword.value] = _constant(one.value, names) or field_names(one.value)
        except UnconvertibleError:
            return None
    return Chosen(found.get("only"), found.get("exclude", ()))


def _constant(node: cst.BaseExpression, names: Names) -> tuple[str, ...]:
    """The texts of a constant; empty for all else."""
    if not isinstance(node, cst.Name | cst.Attribute):
        return ()
    owner, name = split(names.project, names.qualified(node) or "")
    definition = owner.definitions.get(name) if owner else None
    return tuple(dict.fromkeys(definition.texts)) if definition else ()
