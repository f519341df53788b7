"""The rules of one endpoint, in groups that one function can serve: those with the same variables and defaults.

@app.route("/users/", defaults={"page": 1})     →   def show_users_without_page(): page = 1
@app.route("/users/page/<int:page>")            →   def show_users(page: int)
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.findings import Location
from codemods.model import Rule
from codemods.view.refusal import refuse

from .paths import RULE_FEATURE, annotation, path


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that one function serves. `suffix` is for its name; `canonical` tells for which values of its variables the
    same endpoint has a shorter URL (Werkzeug redirects to it), and which."""

    rules: tuple[Rule, ...]
    suffix: str = ""
    canonical: tuple["Canonical", ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The path, as source text, that stands for a rule with these values, and the methods of its rule."""

    path: str
    values: tuple[tuple[str, object], ...]
    methods: tuple[str, ...]

    @property
    def test(self) -> str:
        """The condition as source text."""
        return " and ".join(f"{name} == {literal_text(value)}" for name, value in self.values)


def groups(rules: Sequence[Rule], redirects: bool) -> tuple[Group, ...]:
    """The groups of an endpoint's rules, that with the most variables first. `redirects` is the map's setting."""
    found: dict[object, list[Rule]] = {}
    for rule in rules:
        variables = frozenset((one.name, annotation(one)) for one in rule.variables)
        found.setdefault((variables, rule.defaults), []).append(rule)
    ordered = sorted(found.values(), key=lambda one: -len(one[0].variables))
    most = {one.name for one in ordered[0][0].variables}
    return tuple(
        Group(
            tuple(members),
            _suffix(most - {one.name for one in members[0].variables}) if members is not ordered[0] else "",
            _canonical(members[0], rules) if redirects else (),
            dict(members[0].defaults),
        )
        for members in ordered
    )


def _suffix(missing: Collection[str]) -> str:
    return f"_without_{'_and_'.join(sorted(missing))}" if missing else ""


def _canonical(long: Rule, rules: Sequence[Rule]) -> tuple[Canonical, ...]:
    """Rules whose defaults are those of a rule's variables that they lack (`MapAdapter.get_default_redirect`)."""
    names = {one.name for one in long.variables}
    return tuple(
        Canonical(_written(one), one.defaults, one.methods)
        for one in rules
        if one.defaults
        and not long.defaults
        and {name for name, _ in one.defaults} | {variable.name for variable in one.variables} == names
        and set(one.variables) <= set(long.variables)
        and all(variable.converter in PLAINLY_WRITTEN and not variable.arguments for variable in one.variables)
        and ("{" not in one.rule or not one.variables)
        and _takes(long, one.defaults)
    )


PLAINLY_WRITTEN = frozenset({"default", "string", "int", "path", "uuid"})
"""The converters whose values are in a URL as `str` writes them."""


def _written(rule: Rule) -> str:
    """The path of a rule for the values at hand, as source text."""
    if not rule.variables:
        return literal_text(path(rule))
    return "f" + literal_text(re.sub(":[^}]*}", "}", path(rule)))


def _takes(rule: Rule, values: Sequence[tuple[str, object]]) -> bool:
    """Whether a rule's URL can have these values at all: `<path:path>` is never empty."""
    patterns = {one.name: one.regex for one in rule.variables}
    return all(re.fullmatch(patterns[name] or ".*", str(value)) for name, value in values)


def literal_text(value: object) -> str:
    """A constant as source text, strings in double quotes."""
    if not isinstance(value, str) or "'" in repr(value)[1:-1] or '"' in value:
        return repr(value)
    return f'"{repr(value)[1:-1]}"'


def check_reads(rules: Sequence[Rule], reads_arguments: Callable[[], bool], location: Location | None) -> None:
    """Raise `Refused` where `request.view_args` is read and a rule's defaults would be among it, or a brace's place."""
    for rule in rules:
        if (rule.defaults or "{" in rule.rule) and reads_arguments():
            raise refuse(RULE_FEATURE, location, f"the defaults of '{rule.rule}' are read from request.view_args")
