"""The rules of one endpoint, in groups that one function can serve: those with the same variables and defaults.

@app.route("/users/", defaults={"page": 1})     →   def show_users_without_page(): page = 1
@app.route("/users/page/<int:page>")            →   def show_users(page: int)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.findings import Location
from codemods.model import Rule
from codemods.view.refusal import refuse

from .paths import RULE_FEATURE, annotation


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that one function serves; `suffix` is for its name."""

    rules: tuple[Rule, ...]
    suffix: str = ""
    defaults: Mapping[str, object] = field(default_factory=dict)


def groups(rules: Sequence[Rule]) -> tuple[Group, ...]:
    """The groups of an endpoint's rules, that with the most variables first."""
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
            dict(members[0].defaults),
        )
        for members in ordered
    )


def _suffix(missing: Collection[str]) -> str:
    return f"_without_{'_and_'.join(sorted(missing))}" if missing else ""


def check_reads(rules: Sequence[Rule], reads_values: bool, location: Location | None) -> None:
    """Raise `Refused` where `request.view_args` is read and the place of a brace in a rule would be among it."""
    for rule in rules:
        if "{" in rule.rule and reads_values:
            raise refuse(RULE_FEATURE, location, f"request.view_args are read, and '{rule.rule}' has a brace")
