"""Checks of a schema that only look into its data: they read the attributes of the object that they are methods of.

@check()                                        @check()
def in_order(self) -> None:                     def in_order(self) -> None:
    data = self.to_dict()               →           if self.end < self.start:
    if data["end"] < data["start"]:                     raise InvalidError("…")
        raise InvalidError("…")
"""

from collections.abc import Mapping
from dataclasses import replace

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import ancestors as around
from codemods.view.search import findall
from codemods.view.visiting import Updated, swapping

from ..basis.plan import MethodPlan, SchemaPlan
from ..basis.reading import code
from .both_styles import heirs
from .typed_reads import as_attribute, certain_fields, reads_of

WHOLE = m.Call(func=m.Attribute(value=m.Name("self"), attr=m.Name("to_dict")), args=[])


def with_typed_checks(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, with attributes for keys in the methods of objects of which no field may be left out."""
    inheriting = heirs(plans)
    found = dict(plans)
    for name, plan in plans.items():
        if not any("self.to_dict()" in one.text for one in plan.methods):
            continue
        family = [plan, *(plans[one] for one in sorted(inheriting[name]))]
        if any(one.patch_name for one in family):
            continue
        fields = certain_fields(plans, plan, "load")
        for one in family[1:]:
            kept = certain_fields(plans, one, "load")
            fields = {key: attribute for key, attribute in fields.items() if kept.get(key) == attribute}
        methods = tuple(_typed(one, fields) for one in plan.methods)
        found[name] = replace(plan, methods=methods)
    return found


def _typed(method: MethodPlan, fields: Mapping[str, str]) -> MethodPlan:
    if method.kind not in ("check", "after_load") or "self.to_dict()" not in method.text:
        return method
    function = cst.ensure_type(cst.parse_statement(method.text), cst.FunctionDef)
    if any("always" in code(one) for one in function.decorators):
        return method
    new: dict[cst.CSTNode, Updated] = {}
    for call in findall(function, WHOLE):
        changes = _changes(function, call, fields)
        if changes is None:
            return method
        new |= changes
    return replace(method, text=f"{code(swapping(function, new)).strip()}\n")


def _changes(
    function: cst.FunctionDef, call: cst.CSTNode, fields: Mapping[str, str]
) -> dict[cst.CSTNode, Updated] | None:
    """What comes in the place of a dictionary of the whole, and of all that is done with it."""
    owner = cst.Name("self")
    match around(function, call)[:2]:
        case [
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name) as target)]),
            cst.SimpleStatementLine() as line,
        ]:
            new: dict[cst.CSTNode, Updated] = {line: cst.RemovalSentinel.REMOVE}
            for use in findall(function, m.Name(name)):
                read = reads_of(function, use, fields)
                if read is not None:
                    new[read] = as_attribute(read, owner, fields)
                elif use is not target:
                    return None
            return new
    read = reads_of(function, call, fields)
    return None if read is None else {read: as_attribute(read, owner, fields)}
