"""Schemas that have no name where they are used: dictionaries of fields, and what functions of the project make."""

from collections.abc import Mapping

import libcst as cst

from codemods.view.names import Names
from codemods.view.spelled import spelled_node

from ..basis.plan import SchemaPlan
from .dictionaries import dictionary_schema


def unnamed_schema(node: cst.BaseExpression, names: Names, plans: Mapping[str, SchemaPlan]) -> str:
    """The qualified name of the class that stands for an expression; empty where there is none."""
    return dictionary_schema(node, names.module.name, plans) or _made(node, names, plans, is_object=False)


def unnamed_object(node: cst.BaseExpression, names: Names, plans: Mapping[str, SchemaPlan]) -> str:
    """The qualified name of the class of the object that a function makes; empty where there is none."""
    return _made(node, names, plans, is_object=True)


def _made(node: cst.BaseExpression, names: Names, plans: Mapping[str, SchemaPlan], *, is_object: bool) -> str:
    made = {text: name for name, plan in plans.items() for text in plan.calls if plan.is_object == is_object}
    return made.get(spelled_node(node, names), "") if made and isinstance(node, cst.Call) else ""
