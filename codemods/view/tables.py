"""All expression rules by name, each of which has one owner. A new idiom is a file in `rules/`, and a line here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import libcst as cst

from codemods.extensions import EXTENSION_RULES

from .rule import CallRule, LookupRule, MemberRule, MembershipRule, NodeRule, Rule, SubscriptRule
from .rules import (
    application,
    arguments,
    connections,
    contexts,
    environ,
    errors,
    files,
    form,
    g,
    headers,
    json_body,
    late,
    negotiation,
    responses,
    routing,
    schema_context,
    session,
    settings,
    templates,
    uploads,
    urls,
)

RULES: tuple[Rule, ...] = (
    application.RULE,
    arguments.RULE,
    connections.RULE,
    contexts.RULE,
    environ.RULE,
    errors.RULE,
    files.RULE,
    form.RULE,
    g.RULE,
    headers.RULE,
    json_body.RULE,
    late.RULE,
    negotiation.RULE,
    responses.RULE,
    routing.RULE,
    schema_context.RULE,
    session.RULE,
    settings.RULE,
    templates.RULE,
    uploads.RULE,
    urls.RULE,
    *EXTENSION_RULES,
)


@dataclass(frozen=True, slots=True)
class Tables:
    """The rules of some files by qualified name."""

    calls: Mapping[str, CallRule]
    attributes: Mapping[str, NodeRule]
    subscripts: Mapping[str, SubscriptRule]
    containers: Mapping[str, NodeRule]
    lookups: Mapping[str, LookupRule]
    members: Mapping[str, MemberRule]
    iterations: Mapping[str, NodeRule]
    memberships: Mapping[str, MembershipRule]
    proxies: frozenset[str]
    made: frozenset[str]
    """The methods that rules convert where they are called on a variable of the project."""

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "Tables":
        """The tables of these rules; each name has one owner."""
        known = tuple(rules)
        return cls(
            {name: rule for one in known for name, rule in one.calls.items()},
            {name: rule for one in known for name, rule in one.attributes.items()},
            {name: rule for one in known for name, rule in one.subscripts.items()},
            {name: rule for one in known for name, rule in one.containers.items()},
            {name: rule for one in known for name, rule in one.lookups.items()},
            {name: rule for one in known for name, rule in one.members.items()},
            {name: rule for one in known for name, rule in one.iterations.items()},
            {name: rule for one in known for name, rule in one.memberships.items()},
            frozenset(name for one in known for name in one.proxies),
            frozenset(name for one in known for name in one.made),
        )


NATIVE = Tables.of(RULES)
BRIDGED = Tables.of(one for one in RULES if not one.is_native)
"""What code becomes without Flask, and beside it."""

NAMING = {name: place for one in RULES for name, place in one.naming.items()}
"""The calls whose first argument only names something."""

KINDS = {name: kind for one in RULES for name, kind in one.kinds.items()}


def naming_arguments(call: cst.Call, called: str) -> list[cst.BaseExpression]:
    """The argument of a call that only names something, where it has one."""
    index, keyword = NAMING.get(called, (-1, ""))
    return [
        one.value
        for place, one in enumerate(call.args)
        if (place == index and one.keyword is None) or (one.keyword is not None and one.keyword.value == keyword)
    ]
