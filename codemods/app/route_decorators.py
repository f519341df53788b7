"""The decorators that register an endpoint: its path, methods and name, and the checks that run before it."""

from collections.abc import Collection, Sequence

from codemods.model import Endpoint, Project, Rule

from .decorators.guards import Guard
from .hosts import route_domain
from .paths import paths


def decorators(
    project: Project,
    rules: Sequence[Rule],
    methods: Collection[str],
    endpoint: Endpoint,
    prefix: str,
    guards: Sequence[Guard],
    is_shown: bool = True,
) -> str:
    """The route decorators, the lowest for the rule that is tried first: decorators run from below. `is_shown` tells
    whether OpenAPI has them."""
    checks = [guard.expression for guard in declared(guards)]
    lines = [
        _decorator(
            one.text,
            [method for method in rule.methods if method in methods],
            endpoint.name,
            prefix,
            [*((host.expression,) if (host := route_domain(project, rule, endpoint.blueprint)) else ()), *checks],
            is_shown and one.is_shown,
        )
        for rule in sorted(rules, key=lambda one: -one.rank)
        for one in reversed(paths(rule))
        if set(rule.methods) & set(methods)
    ]
    return "".join(f"{line}\n" for line in lines)


def _decorator(path: str, methods: list[str], endpoint: str, prefix: str, checks: Sequence[str], is_shown: bool) -> str:
    path = path[len(prefix) :] if prefix and path.startswith(prefix) else path
    depends = ", ".join(f"Depends({check})" for check in checks)
    options = f", dependencies=[{depends}]" if depends else ""
    options += "" if is_shown else ", include_in_schema=False"
    shown = path.replace("\\", "\\\\").replace('"', '\\"')
    if len(methods) == 1 and methods[0].lower() in ("get", "head", "post", "put", "patch", "delete"):
        return f'@router.{methods[0].lower()}("{shown}", name="{endpoint}"{options})'
    listed = ", ".join(f'"{one}"' for one in methods)
    return f'@router.api_route("{shown}", name="{endpoint}", methods=[{listed}]{options})'


def ahead(guards: Sequence[Guard]) -> Sequence[Guard]:
    """The guards that the route declares: those before the first whose value can be had as a parameter only.

    FastAPI runs them first, then the parameters of the endpoint in order, so that the others keep their place as
    parameters. A guard that has no arguments is run once for a request, wherever its value is asked for.
    """
    last = max((index for index, one in enumerate(guards) if not one.injects), default=-1) + 1
    first = next((index for index, one in enumerate(guards) if one.injects and "(" in one.expression), last)
    return guards[: min(first, last)]


def declared(guards: Sequence[Guard]) -> Sequence[Guard]:
    """Those of the guards ahead that the next does not ask for itself."""
    listed = ahead(guards)
    asked_for = {(index, name) for index, one in enumerate(listed[1:]) for name in one.uses}
    return [one for index, one in enumerate(listed) if (index, one.expression) not in asked_for]
