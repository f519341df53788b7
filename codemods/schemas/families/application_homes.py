"""Schemas whose code reads the configuration of the running Flask application: only bridged code may use them.

They, and those that nest them or inherit from them, have modules of their own, so that what is native imports no Flask.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..basis.plan import APPLICATION, SchemaPlan

ENDING = "_bridged"


def with_application_homes(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where those that need the application are known, and stand in modules of their own."""
    found = {name for name, plan in plans.items() if APPLICATION in plan.needs}
    while more := {name for name, plan in plans.items() if name not in found and found & {*plan.nested, *plan.bases}}:
        found |= more
    homes = {plan.home for plan in plans.values()}
    return {
        name: replace(plan, home=application_home(plan.home, homes), needs_application=True) if name in found else plan
        for name, plan in plans.items()
    }


def application_home(home: str, taken: set[str]) -> str:
    """The module for those schemas of a module that only bridged code may use; `taken` are the modules of others."""
    name = f"{home}{ENDING}"
    while name in taken:
        name += "_"
    return name
