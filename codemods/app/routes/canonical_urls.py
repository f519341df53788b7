"""Redirects to the URL that stands for others of its endpoint, which Werkzeug makes while it matches.

@app.route("/users/", defaults={"page": 1})     →   @router.get("/users/page/{page:int}", name="users",
@app.route("/users/page/<int:page>")                    dependencies=[Depends(CanonicalUrl("/users/", page=1))])
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.findings import Location
from codemods.literals import as_literal
from codemods.model import Endpoint, Project, Rule, Variable
from codemods.view.imports import Need
from codemods.view.refusal import Refused, refuse

from .paths import RULE_FEATURE, VARIABLE, options

HOME = ".compat.redirects"


@dataclass(frozen=True, slots=True)
class CanonicalUrl:
    """Where requests with these methods are sent if the rule has these values."""

    condition: str
    path: str
    methods: frozenset[str]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def expression(self) -> str:
        """The condition as source text."""
        values = [f"{name}={as_literal(value)}" for name, value in self.values.items()]
        return f"{self.condition}({', '.join([as_literal(self.path), *values])})"


def canonical_urls(project: Project, endpoint: Endpoint, rule: Rule) -> Sequence[CanonicalUrl]:
    """Where requests of a rule are sent, in the order in which Werkzeug looks; raises `Refused`."""
    if not project.application.url_map.get("redirect_defaults", True):
        return ()
    # The order of `werkzeug.routing.Map._rules_by_endpoint`, by `Rule.build_compare_key`.
    ordered = sorted(endpoint.rules, key=lambda one: (one.alias, -len(_names(one)), -len(one.defaults), one.order))
    if rule.alias:
        return [_of_alias(rule, ordered, endpoint.view.function.location)]
    before = ordered[: next(place for place, one in enumerate(ordered) if one.order == rule.order)]
    return list(_of_defaults(rule, before, endpoint.view.function.location))


def canonical_needs(project: Project, endpoint: Endpoint, rules: Sequence[Rule]) -> frozenset[Need]:
    """What the routes of these rules import to redirect; raises `Refused`."""
    found = [one for rule in rules for one in canonical_urls(project, endpoint, rule)]
    return frozenset(need for one in found for need in (Need("fastapi", "Depends"), Need(HOME, one.condition)))


def _of_defaults(rule: Rule, before: Sequence[Rule], location: Location | None) -> Iterator[CanonicalUrl]:
    """The rules with defaults for the values of this one (`MapAdapter.get_default_redirect`)."""
    for one in before:
        defaults, names = dict(one.defaults), _names(one)
        methods = _methods(one) & _methods(rule)
        if one.build_only or not defaults or one.rule == rule.rule or names != _names(rule) or not methods:
            continue
        known = dict(rule.defaults)
        if any(name in known and known[name] != value for name, value in defaults.items()):
            continue
        values = {name: value for name, value in defaults.items() if name not in known}
        if not _takes(rule, values):
            continue
        if rule.automatic_options and not one.automatic_options:
            raise _cannot(rule, one, location)
        yield CanonicalUrl("CanonicalUrl", _written(rule, one, location), methods, values)


def _of_alias(rule: Rule, ordered: Sequence[Rule], location: Location | None) -> CanonicalUrl:
    """The rule that an alias stands for (`MapAdapter.make_alias_redirect_url`); raises `Refused`."""
    known, names, methods = dict(rule.defaults), _names(rule), _methods(rule)
    for one in ordered:
        required = _names(one) - dict(one.defaults).keys()
        if one.alias or not required <= names or not _methods(one) & methods:
            continue
        differs = any(known.get(name) != value for name, value in one.defaults if name in names)
        if differs or not _methods(one) >= methods or (rule.automatic_options and not one.automatic_options):
            raise _cannot(rule, one, location)
        return CanonicalUrl("AliasOf", _written(rule, one, location), methods)
    raise refuse(RULE_FEATURE, location, f"'{rule.rule}' is an alias of no other rule")


def _names(rule: Rule) -> frozenset[str]:
    """What a rule gives values for (`Rule.arguments`)."""
    return frozenset((*dict(rule.defaults), *(one.name for one in rule.variables)))


def _methods(rule: Rule) -> frozenset[str]:
    """The methods of a rule, with the HEAD that comes with GET."""
    return frozenset((*rule.methods, *(["HEAD"] if "GET" in rule.methods else [])))


def _takes(rule: Rule, values: Mapping[str, object]) -> bool:
    """Whether a rule's URL can have these values at all: `<path:path>` is never empty."""
    patterns = {one.name: one.regex for one in rule.variables}
    return all(re.fullmatch(patterns[name] or ".*", str(value)) for name, value in values.items())


def _written(rule: Rule, target: Rule, location: Location | None) -> str:
    """The path of another rule for the values of this one; raises `Refused`."""
    if (target.host, target.subdomain) != (rule.host, rule.subdomain) or target.methods == ():
        raise _cannot(rule, target, location)
    variables = {one.name: one for one in target.variables}
    known = dict(rule.defaults)
    text, end = "", 0
    for found in VARIABLE.finditer(target.matched):
        variable = variables[found["name"]]
        if variable not in rule.variables or not _is_written_as_it_reads(variable) or variable.name in known:
            raise _cannot(rule, target, location)
        text += _escaped(target.matched[end : found.start()]) + f"{{{variable.name}}}"
        end = found.end()
    return text + _escaped(target.matched[end:])


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_written_as_it_reads(variable: Variable) -> bool:
    """Whether a value is in a URL as `str` writes it."""
    return variable.converter_class is None and "fixed_digits" not in options(variable)


def _cannot(rule: Rule, target: Rule, location: Location | None) -> Refused:
    return refuse(RULE_FEATURE, location, f"'{rule.rule}' redirects to '{target.rule}'")
