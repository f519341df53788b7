"""Loaded data that code only looks into: the attributes of the object that `load` returns, for keys of its dictionary.

    data = UserIn.load(payload).to_dict()           user = UserIn.load(payload)
    send(data["email"], data["name"])           →   send(user.email, user.name)

A key that may be absent stays a key: an absent field reads as None, or as Pydantic's `MISSING`. So does what has
schemas inside, whose dictionary holds dictionaries.
"""

from collections.abc import Collection, Mapping
from itertools import pairwise

import libcst as cst

from codemods.view.search import ancestors as around

from ..basis.plan import FieldPlan, Form, SchemaPlan, effective_fields
from ..basis.reading import literal

CHANGED_AS_DICTIONARIES = ("PlainSerializer", "LoadedBy")
"""Marks of such types: an address is a text in the dictionary."""


def certain_fields(plans: Mapping[str, SchemaPlan], plan: SchemaPlan, form: Form) -> dict[str, str]:
    """The attributes of loaded objects that always have what their dictionary has, by its keys."""
    if form != "load" or plan.is_union or plan.choice:
        return {}
    fields = effective_fields(plans, plan.qualified).values()
    return {one.attribute: one.attribute for one in fields if _is_certain(one)}


def _is_certain(field: FieldPlan) -> bool:
    return field.loads and is_alike(field) and not field.path and not field.loaded_by


def is_alike(field: FieldPlan) -> bool:
    """Whether the attribute always has what the dictionary has: it is never absent, and nothing is inside it."""
    default = field.load_default
    is_there = field.required if default is None else default.text != "MISSING"
    return is_there and not field.nested and not _changes_in_dictionary(field)


def _changes_in_dictionary(field: FieldPlan) -> bool:
    return any(isinstance(part, str) and one in part for part in field.annotation for one in CHANGED_AS_DICTIONARIES)


def reads_of(tree: cst.CSTNode, whole: cst.CSTNode, fields: Collection[str]) -> cst.Subscript | None:
    """The reading of one of these fields whose object this node is; None where it is anything else."""
    parent = around(tree, whole)[0] if whole is not tree else None
    if not isinstance(parent, cst.Subscript) or parent.value is not whole or len(parent.slice) != 1:
        return None
    index = parent.slice[0].slice
    if not isinstance(index, cst.Index) or not isinstance(index.value, cst.SimpleString):
        return None
    if literal(index.value) not in fields or _is_changed(tree, parent):
        return None
    return parent


def _is_changed(tree: cst.CSTNode, node: cst.CSTNode) -> bool:
    """Whether something is assigned to, or deleted."""
    chain = [node, *around(tree, node)]
    for inner, outer in pairwise(chain):
        match outer:
            case cst.AssignTarget() | cst.Del() | cst.AsName():
                return True
            case cst.AugAssign(target=target) | cst.For(target=target) | cst.CompFor(target=target):
                if inner is target:
                    return True
            case cst.AnnAssign(target=target) if inner is target:
                return True
    return False


def as_attribute(read: cst.Subscript, owner: cst.BaseExpression, fields: Mapping[str, str]) -> cst.Attribute:
    """The attribute that stands for the reading of a key."""
    index = cst.ensure_type(read.slice[0].slice, cst.Index)
    name = fields[str(literal(index.value))]
    return cst.Attribute(owner, cst.Name(name), lpar=read.lpar, rpar=read.rpar)
