"""Which reads of the query and of the form a schema loads as a whole, for OpenAPI.

    QuerySchema().load(request.args.to_dict())    →    def index(query: QueryOf[QueryIn])

Nothing of this changes what is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.search import findall

ARGS = "flask.request.args"
FORM = "flask.request.form"
COPYING = frozenset({"to_dict", "copy"})


@dataclass(frozen=True, slots=True)
class WholeRead:
    """The class that loads a part of the request, the schema that it stands for, its imports, and the keys that it
    has."""

    schema: str
    origin: str
    needs: frozenset[Need]
    keys: frozenset[str]


def reads_in(
    node: cst.BaseExpression, part: str, names: Names, local: Mapping[str, cst.BaseExpression]
) -> set[cst.CSTNode]:
    """The places where an expression takes a whole part of the request; `local` are locals with their only value."""

    def within(one: cst.BaseExpression) -> set[cst.CSTNode]:
        return reads_in(one, part, names, local)

    match node:
        case cst.Name(value=name) if name in local:
            rest = {other: value for other, value in local.items() if other != name}
            return reads_in(local[name], part, names, rest)
        case cst.Attribute():
            return {node} if names.qualified(node) == part else set()
        case cst.Call(func=cst.Attribute(value=held, attr=cst.Name(value=method))) if method in COPYING:
            return within(held)
        case cst.Call(func=func, args=[cst.Arg(keyword=None, value=held)]) if names.qualified(func) == "builtins.dict":
            return within(held)
        case cst.Dict(elements=elements):
            spread = [one.value for one in elements if isinstance(one, cst.StarredDictElement)]
            return set().union(*map(within, spread))
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return within(left) | within(right)
        case cst.BooleanOperation(left=left, right=right) | cst.IfExp(body=left, orelse=right):
            return within(left) | within(right)
        case _:
            return set()


def single_values(function: cst.FunctionDef, names: Names) -> Mapping[str, cst.BaseExpression]:
    """The locals that are given a value once, with it."""
    found = {}
    for assign in findall(function.body, m.Assign(targets=[m.AssignTarget(m.Name())])):
        assert isinstance(assign, cst.Assign)
        name = cst.ensure_type(assign.targets[0].target, cst.Name).value
        if names.bindings.get(name) == 1:
            found[name] = assign.value
    return found
