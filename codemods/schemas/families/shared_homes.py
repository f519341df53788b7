"""Modules of schemas that name each other's classes become one.

Marshmallow looks for `Nested("BookSchema")` when that is first used; a Pydantic class needs the other one when its
module is imported.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from codemods.findings import Finding, Location

from ..basis.diagnostics import NESTED
from ..basis.plan import SchemaPlan
from ..fields.argument_maps import camel

LISTED = 3
"""Modules that the name of the one that they become may list."""


def with_shared_homes(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where no two modules would have to import each other."""
    needed = _closed({plan.home: _named(plans, plan.home) for plan in plans.values()})
    joined: dict[str, str] = {}
    for home in sorted(needed):
        group = sorted({home, *(one for one in needed[home] if home in needed[one])})
        if len(group) > 1:
            listed = group if len(group) <= LISTED else [group[0], "and_others"]
            joined[home] = _free("_".join(listed), needed.keys() - set(group))
    if not joined:
        return dict(plans)
    known = {name: replace(plan, home=joined.get(plan.home, plan.home)) for name, plan in plans.items()}
    for home in sorted(set(joined.values())):
        known |= _apart({name: one for name, one in known.items() if one.home == home}, plans)
    return known


def _named(plans: Mapping[str, SchemaPlan], home: str) -> frozenset[str]:
    """The modules whose classes those of a module name."""
    mine = (plan for plan in plans.values() if plan.home == home and plan.converts)
    named = {plans[one].home for plan in mine for one in {*plan.nested, *plan.bases} if one in plans}
    return frozenset(named - {home})


def _closed(direct: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The same with what those name in their turn."""
    found = dict(direct)
    while True:
        more = {home: named.union(*(found[one] for one in named)) for home, named in found.items()}
        if more == found:
            return found
        found = more


def _free(wanted: str, taken: Collection[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _apart(group: Mapping[str, SchemaPlan], before: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The schemas of one module, of which no two have one name; those stay whose names mean something else there."""
    names: set[str] = set()
    meant: dict[str, tuple[object, str]] = {}
    found = {}
    for qualified, plan in sorted(group.items(), key=lambda one: (one[1].file, one[1].line, one[0])):
        if plan.name in names:
            plan = replace(plan, name=f"{camel(before[qualified].home)}{plan.name}")
        names.add(plan.name)
        uses: dict[str, object] = {**{one.local: one for one in plan.needs}, **plan.uses}
        for name, target in uses.items():
            known, file = meant.setdefault(name, (target, plan.file))
            if known != target and plan.converts:
                about = (
                    f"'{name}', which means something else in '{file}', whose schemas '{plan.name}' is one module with"
                )
                refused = Finding(NESTED, Location(plan.file, plan.line), about)
                plan = replace(plan, findings=(*plan.findings, refused))
        found[qualified] = plan
    return found
