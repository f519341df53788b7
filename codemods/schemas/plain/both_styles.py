"""Base classes of schemas of both styles, which are written twice.

    class Stripped(WordedModel): ...        what idiomatic schemas inherit from
    class ExactStripped(Schema): ...        what those inherit from that stay exact

Only what has no schemas inside it is: what is nested is validated and dumped with what holds it, so that both are of
one style.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..basis.plan import SchemaPlan, ancestors

MARK = "(exact)"
"""What the key of the exact one of two ends with."""


def may_be_both(plans: Mapping[str, SchemaPlan], name: str) -> bool:
    """Whether a schema could be written in both styles for those that inherit from it."""
    return not any(one.nested for one in (plans[name], *ancestors(plans, plans[name])))


def heirs(plans: Mapping[str, SchemaPlan]) -> dict[str, set[str]]:
    """For each schema those that inherit from it, directly or not."""
    found: dict[str, set[str]] = {name: set() for name in plans}
    for name, plan in plans.items():
        for one in ancestors(plans, plan):
            if plan.converts:
                found[one.qualified].add(name)
    return found


def with_both(
    plans: Mapping[str, SchemaPlan], exact: Mapping[str, SchemaPlan], idiomatic: Collection[str]
) -> dict[str, SchemaPlan]:
    """The plans, and for each base of an exact one that is `idiomatic` what it is in the `exact` ones."""
    found = dict(plans)
    waiting = [name for name in sorted(plans) if name not in idiomatic]
    while waiting:
        name = waiting.pop()
        bases = tuple(f"{one}{MARK}" if one in idiomatic else one for one in found[name].bases)
        if not found[name].converts or bases == found[name].bases:
            continue
        found[name] = replace(found[name], bases=bases)
        for one in bases:
            if one not in found:
                base = exact[one.removesuffix(MARK)]
                found[one] = replace(base, qualified=one, name=f"Exact{base.name}")
                waiting.append(one)
    return found
