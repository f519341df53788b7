"""What is made of loaded data: by one method, or by several, each of what the one before it has made.

@post_load                                           @after_load
def a_named(self, data, **kwargs):                   def a_named(self) -> Any:
    return {**data, "name": data["id"]}      →           data = self.to_dict() …
@post_load                                           @after_load
def make(self, data, **kwargs):                      def make(self) -> User:
    return User(**data)                                  return User(**self.a_named())

Marshmallow calls them in the order of their names (marshmallow.schema.SchemaMeta.resolve_hooks).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Updated, swapping

from ..basis.diagnostics import HOOK
from ..basis.plan import MAKING, MethodPlan, SchemaPlan, lineage
from ..basis.reading import UnconvertibleError, code

WHOLE = m.Call(func=m.Attribute(value=m.Name("self"), attr=m.Name("to_dict")), args=[])
"""The loaded data in the text of such a method."""


def in_turn(
    node: cst.ClassDef, own: Sequence[MethodPlan], bases: Collection[str], plans: Mapping[str, SchemaPlan]
) -> list[MethodPlan]:
    """The methods of a class, where each that makes something of loaded data asks the one before it.

    Raises `UnconvertibleError` for what cannot be called like that.
    """
    made = {one.name: one for one in own if one.kind in MAKING}
    before = [plan for plan in lineage(plans, bases) if any(one.kind in MAKING for one in plan.methods)]
    inherited = {one.name: one for plan in reversed(before) for one in plan.methods if one.kind in MAKING}
    if hidden := sorted({one.name for one in own} & inherited.keys() - made.keys()):
        raise UnconvertibleError(HOOK, node, f"'{hidden[0]}', which is no hook any more")
    every = inherited | made
    order = sorted(every)
    if len(order) > 1:
        _refuse(node, every, own)
    for plan in before:
        known = _names(plan, plans)
        if any(_previous(known, name) != _previous(order, name) for name in known if name not in made):
            raise UnconvertibleError(HOOK, node, f"'{order[0]}' and '{order[1]}', whose order is that of no base class")
    return [_after(node, one, _previous(order, one.name)) if one.name in made else one for one in own]


def last_of(own: Sequence[MethodPlan], bases: Collection[str], plans: Mapping[str, SchemaPlan]) -> MethodPlan | None:
    """The method that makes what the old code got, if any does."""
    before = [one for plan in reversed(lineage(plans, bases)) for one in plan.methods]
    makers = {one.name: one for one in (*before, *own) if one.kind in MAKING}
    return makers[max(makers)] if makers else None


def _refuse(node: cst.ClassDef, every: Mapping[str, MethodPlan], own: Sequence[MethodPlan]) -> None:
    """Several methods that are not called as Marshmallow calls them: there each has seen all objects of a list before
    the next one is called, and those for the whole come first."""
    if whole := [name for name, one in every.items() if one.kind == "after_load_all"]:
        raise UnconvertibleError(HOOK, node, f"'{whole[0]}' and other methods that make what is loaded")
    first = [every[name] for name in sorted(every)[:-1]]
    helpers = [one for one in own if one.kind == "helper"]
    if any("InvalidError" in one.text for one in (*first, *helpers)):
        raise UnconvertibleError(HOOK, node, f"'{first[0].name}', which may raise an error before another is called")


def _names(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> list[str]:
    return sorted(
        {one.name for each in lineage(plans, (plan.qualified,)) for one in each.methods if one.kind in MAKING}
    )


def _previous(order: Sequence[str], name: str) -> str:
    index = order.index(name)
    return order[index - 1] if index else ""


def _after(node: cst.ClassDef, method: MethodPlan, previous: str) -> MethodPlan:
    """The method, which asks the one before it for the data."""
    if not previous:
        return method
    function = cst.ensure_type(cst.parse_statement(method.text), cst.FunctionDef)
    found = findall(function, WHOLE)
    if not found:
        raise UnconvertibleError(HOOK, node, f"'{method.name}', which does not look at what '{previous}' makes")
    asked: Updated = cst.Call(cst.Attribute(cst.Name("self"), cst.Name(previous)))
    return replace(method, text=f"{code(swapping(function, dict.fromkeys(found, asked))).strip()}\n")
