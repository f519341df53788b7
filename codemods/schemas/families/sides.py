"""Schemas of which only the dumping side converts: what keeps the other one changes nothing about what is shown."""

from collections.abc import Mapping
from dataclasses import replace

from codemods.findings import Finding, Location

from ..basis.diagnostics import DEPENDS
from ..basis.plan import SchemaPlan
from .unchecked import without_checks


def with_sides(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where those that cannot load have a class for dumping only."""
    known = _with_dependencies(plans)
    known = {name: _for_dumping(plan) if plan.load_findings else plan for name, plan in known.items()}
    return {name: without_checks(plan) if plan.only_side == "dump" else plan for name, plan in known.items()}


def _with_dependencies(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where a schema that loads by way of one that cannot, cannot either."""
    known = dict(plans)
    while True:
        changed = {}
        for name, plan in known.items():
            loaded = {*plan.bases, *(one for field in plan.fields if field.loads for one in field.nested)}
            loaded |= {one.schema.qualified for one in plan.kinds}
            loaded |= {one for one, form in plan.called if form == "load"}
            stays = sorted(one for one in loaded if one in known and known[one].load_findings)
            if not plan.load_findings and plan.only_side != "dump" and stays:
                finding = Finding(DEPENDS, Location(plan.file, plan.line), f"'{stays[0]}' in '{plan.name}'")
                changed[name] = replace(plan, load_findings=(finding,))
        if not changed:
            return known
        known |= changed


def _for_dumping(plan: SchemaPlan) -> SchemaPlan:
    if plan.only_side == "load":
        return replace(plan, findings=(*plan.findings, *plan.load_findings))
    return replace(plan, only_side="dump", load_name="")
