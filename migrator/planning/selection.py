"""The part of a plan that selectors name."""

from collections.abc import Collection
from dataclasses import replace

from migrator.planning.effort import effort_of
from migrator.planning.model import Plan


def narrowed(plan: Plan, keys: Collection[tuple[str, str]]) -> Plan:
    """The plan with these routes only, each given as (blueprint, key); effort is theirs, the order stays."""
    blueprints = []
    for blueprint in plan.blueprints:
        routes = tuple(route for route in blueprint.routes if (blueprint.name, route.key) in keys)
        if routes:
            blueprints.append(replace(blueprint, routes=routes, effort=effort_of(routes)))
    chosen = [route for blueprint in blueprints for route in blueprint.routes]
    names = {route.key for route in chosen}
    schemas = tuple(one for one in plan.schemas if names & set(one.routes))
    return replace(plan, blueprints=tuple(blueprints), effort=effort_of(chosen), schemas=schemas)
