"""The decorators that register an endpoint: its path, methods and name, and the checks that run before it."""

import re
from collections.abc import Collection, Sequence

from codemods.app.decorators.guards import Guard
from codemods.literals import as_literal
from codemods.model import Endpoint, Project, Rule

from .canonical_urls import canonical_urls
from .hosts import route_domain
from .paths import Path, paths

OWN_DECORATOR = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""The methods that OpenAPI knows; FastAPI has a decorator for each."""


def decorators(
    project: Project,
    rules: Sequence[Rule],
    methods: Collection[str],
    endpoint: Endpoint,
    prefix: str,
    guards: Sequence[Guard],
    is_shown: bool = True,
    tells_defaults: bool = False,
) -> str:
    """The route decorators, the lowest for the rule that is tried first: decorators run from below.

    `is_shown` tells whether OpenAPI has them. Of the endpoint's rules that it writes alike it has the one that is tried
    last. With `tells_defaults` those of the rules are among the values of their URLs.
    """
    every = {id(one): one for one in sorted((*endpoint.rules, *rules), key=lambda one: one.rank) if not one.build_only}
    written = {key: paths(rule) for key, rule in every.items()}
    last = {
        (_shape(one), method): rule.rank
        for key, rule in every.items()
        for one in written[key]
        for method in rule.methods
        if one.is_shown
    }
    checks = [guard.dependency for guard in declared(guards)]
    lines = []
    for rule in sorted(rules, key=lambda one: -one.rank):
        host = route_domain(project, rule, endpoint.blueprint)
        moved = canonical_urls(project, endpoint, rule)
        for one in reversed(written[id(rule)]):
            for method in (method for method in rule.methods if method in methods):
                ahead_of_all = [host.expression] if host else []
                ahead_of_all += [told_defaults(rule)] if tells_defaults and rule.defaults else []
                ahead_of_all += [one.expression for one in moved if method in one.methods]
                asked = [*(f"Depends({one})" for one in ahead_of_all), *checks]
                is_last = one.is_shown and not rule.alias and last[_shape(one), method] == rule.rank
                lines.append(_decorator(one.text, method, endpoint.name, prefix, asked, is_shown and is_last))
    return "".join(f"{line}\n" for line in lines)


def told_defaults(rule: Rule) -> str:
    """The dependency that puts a rule's defaults among the values of its URLs."""
    return f"RuleDefaults({', '.join(f'{name}={as_literal(value)}' for name, value in rule.defaults)})"


def _shape(path: Path) -> str:
    """A path as OpenAPI writes it, where all convertors look alike."""
    return re.sub(r":\w+}", "}", path.text)


def _decorator(path: str, method: str, endpoint: str, prefix: str, checks: Sequence[str], is_shown: bool) -> str:
    """One decorator for each method: FastAPI makes an operation's id of the first method of its route, so that an
    `api_route` for several has one id for all."""
    path = path[len(prefix) :] if prefix and path.startswith(prefix) else path
    options = f", dependencies=[{', '.join(checks)}]" if checks else ""
    options += "" if is_shown and method in OWN_DECORATOR else ", include_in_schema=False"
    shown = path.replace("\\", "\\\\").replace('"', '\\"')
    if method in OWN_DECORATOR:
        return f'@router.{method.lower()}("{shown}", name="{endpoint}"{options})'
    return f'@router.api_route("{shown}", name="{endpoint}", methods=["{method}"]{options})'


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
