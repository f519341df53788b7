"""The expression rules, in no meaningful order: each owns other names. A new idiom is a new file and a line here."""

from codemods.extensions import EXTENSION_RULES
from codemods.view.rule import Rule

from . import (
    arguments,
    contexts,
    errors,
    files,
    form,
    headers,
    json_body,
    negotiation,
    responses,
    routing,
    session,
    templates,
    urls,
)

RULES: tuple[Rule, ...] = (
    arguments.RULE,
    contexts.RULE,
    errors.RULE,
    files.RULE,
    form.RULE,
    headers.RULE,
    json_body.RULE,
    negotiation.RULE,
    responses.RULE,
    routing.RULE,
    session.RULE,
    templates.RULE,
    urls.RULE,
    *EXTENSION_RULES,
)

CALLS = {name: rule for one in RULES for name, rule in one.calls.items()}
ATTRIBUTES = {name: rule for one in RULES for name, rule in one.attributes.items()}
SUBSCRIPTS = {name: rule for one in RULES for name, rule in one.subscripts.items()}
CONTAINERS = {name: rule for one in RULES for name, rule in one.containers.items()}
ITERABLES = frozenset().union(*(one.iterables for one in RULES))
KINDS = {name: kind for one in RULES for name, kind in one.kinds.items()}
PROXIES = frozenset(name for one in RULES for name in one.proxies)
"""The rules of all files by qualified name."""
