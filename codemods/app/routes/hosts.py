"""The hosts of rules, as conditions that routers and routes declare among their dependencies.

Blueprint("admin", __name__, subdomain="admin")    →    APIRouter(dependencies=[Depends(OnSubdomain("admin"))])

Where the application matches subdomains or hosts, a rule that names none is for the server's own name, or for no host
at all; where it does not, a rule that names a subdomain is never reached (`werkzeug.routing.rules.Rule._compile`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from codemods.findings import Location
from codemods.model import Project, Rule
from codemods.view.imports import Need
from codemods.view.refusal import refuse

from .paths import RULE_FEATURE, path

HOSTS = ".compat.hosts"
IN_HOSTS = frozenset({"default", "string", "any"})
"""The converters that a host may have here, whose values are text."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The host or subdomain of a rule, its variables in Starlette's spelling."""

    condition: str
    pattern: str

    @property
    def expression(self) -> str:
        """The condition as source text."""
        return f'{self.condition}("{self.pattern}")'

    @property
    def needs(self) -> frozenset[Need]:
        """What the expression imports."""
        return frozenset({Need("fastapi", "Depends"), Need(HOSTS, self.condition)})


def check_domain(project: Project, rule: Rule, location: Location | None) -> None:
    """Raise `Refused` for a rule whose host has no pattern of the same meaning."""
    if (rule.host or rule.subdomain) and not project.live:
        raise refuse(
            RULE_FEATURE, location, f"'{rule.rule}' is bound to a host, which only a running application knows"
        )
    if project.application.url_map.get("default_subdomain"):
        raise refuse(RULE_FEATURE, location, "the application has a default subdomain")
    for one in rule.variables:
        is_plain = (
            one.converter in IN_HOSTS and not one.converter_class and (one.converter == "any") >= bool(one.arguments)
        )
        if one.in_host and not is_plain:
            raise refuse(RULE_FEATURE, location, f"the converter of '{one.name}' in the host of '{rule.rule}'")
    if set('{}"\\') & set(_written(project, rule)):
        raise refuse(RULE_FEATURE, location, f"the host of '{rule.rule}'")


def domain(project: Project, rule: Rule) -> Domain | None:
    """What a rule says of the host; None where every host will do."""
    settings, written = project.application.url_map, _written(project, rule)
    if not (written or settings.get("host_matching") or settings.get("subdomain_matching")):
        return None
    as_path = replace(rule, rule=f"/{written}", variables=tuple(one for one in rule.variables if one.in_host))
    return Domain("OnHost" if settings.get("host_matching") else "OnSubdomain", path(as_path)[1:])


def router_domain(project: Project, blueprint: str) -> Domain | None:
    """What a router declares once: the host of all rules of its blueprint. Its variables have no convertors, which are
    registered behind it."""
    rules = [rule for one in project.endpoints if one.blueprint == blueprint for rule in one.rules]
    found = domain(project, rules[0]) if len({_written(project, rule) for rule in rules}) == 1 else None
    return None if found is None or ":" in found.pattern else found


def route_domain(project: Project, rule: Rule, blueprint: str) -> Domain | None:
    """What the route of a rule declares itself."""
    found = domain(project, rule)
    return None if found is None or router_domain(project, blueprint) is not None else found


def domain_needs(project: Project, rules: Iterable[Rule], blueprint: str) -> frozenset[Need]:
    """What the routes of these rules import to declare their hosts."""
    found = (route_domain(project, rule, blueprint) for rule in rules)
    return frozenset(need for one in found if one is not None for need in one.needs)


def _written(project: Project, rule: Rule) -> str:
    return (rule.host if project.application.url_map.get("host_matching") else rule.subdomain) or ""
