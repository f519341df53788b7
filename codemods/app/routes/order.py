"""Which route comes first: Werkzeug tries the most specific rule first wherever it is registered, Starlette the first.

The functions of a router are sorted by Werkzeug's order of their rules. Between routers, and between functions with
several rules, only rules that can match the same URL matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from codemods.model import Rule


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule of an endpoint, in the router that holds it."""

    router: str
    endpoint: str
    rule: Rule


def overlap(first: Rule, second: Rule) -> bool:
    """Whether some URL and method could be taken by both rules. Errs on the side of yes."""
    if not set(first.methods) & set(second.methods) or are_on_other_hosts(first, second):
        return False
    if any(one.converter_class for one in (*first.variables, *second.variables)):
        return True
    ours, theirs = first.matched.strip("/").split("/"), second.matched.strip("/").split("/")
    for index in range(max(len(ours), len(theirs))):
        mine = ours[index] if index < len(ours) else None
        other = theirs[index] if index < len(theirs) else None
        if mine is None or other is None:
            return False
        if "<path:" in mine or "<path:" in other:
            return True
        if "<" not in other and not pattern(mine).fullmatch(other):
            return False
        if "<" not in mine and not pattern(other).fullmatch(mine):
            return False
    return True


def are_on_other_hosts(first: Rule, second: Rule) -> bool:
    """Whether two rules are for two hosts or subdomains that are spelled out."""
    ours, theirs = (one.host or one.subdomain or "" for one in (first, second))
    return ours != theirs and "<" not in ours + theirs and bool(ours) == bool(theirs)


VARIABLE = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<arguments>[^)]*)\))?:)?\w+>")
CONVERTERS = {"int": r"-?\d+", "float": r"-?\d+\.\d+", "uuid": r"[0-9A-Fa-f-]{36}"}


@lru_cache(maxsize=1024)
def pattern(segment: str) -> re.Pattern[str]:
    """What one segment of a rule can match, or a little more."""
    parts, end = [], 0
    for found in VARIABLE.finditer(segment):
        parts.append(re.escape(segment[end : found.start()]))
        if found["converter"] == "any":
            items = (one.strip().strip("'\"") for one in (found["arguments"] or "").split(","))
            parts.append(f"(?:{'|'.join(map(re.escape, items))})")
        else:
            parts.append(CONVERTERS.get(found["converter"] or "", ".+"))
        end = found.end()
    return re.compile("".join(parts) + re.escape(segment[end:]))


def router_order(placed: Sequence[Placed], fixed: Sequence[str]) -> tuple[list[str], Placed | None]:
    """The routers in an order that keeps Werkzeug's, and a rule that no order can keep (then the order is not valid).

    `fixed` are all routers in the order wanted where nothing else decides; those of native routes come first there and
    stay ahead of the bridged ones (`bridged.…`), which are included only beside a Flask application.
    """
    before: dict[str, set[str]] = {name: set() for name in fixed}
    causes: dict[tuple[str, str], Placed] = {}
    for first, second in _near(placed):
        if first.router == second.router or first.rule.rank >= second.rule.rank:
            continue
        if overlap(first.rule, second.rule):
            before[second.router].add(first.router)
            causes[first.router, second.router] = second
    for name in fixed:
        if not is_bridged(name):
            for other in sorted(before[name]):
                if is_bridged(other):
                    return list(fixed), causes[other, name]
    ordered: list[str] = []
    waiting = list(fixed)
    while waiting:
        ready = next((name for name in waiting if not before[name] & set(waiting)), None)
        if ready is None:
            name = waiting[0]
            other = sorted(before[name] & set(waiting))[0]
            return list(fixed), causes[other, name]
        waiting.remove(ready)
        ordered.append(ready)
    return ordered, None


def function_order(functions: Sequence[Sequence[Placed]]) -> tuple[list[int], Placed | None]:
    """The places of a router's functions, each told by its rules, in the order that keeps Werkzeug's; see above."""
    ordered = sorted(range(len(functions)), key=lambda place: min(one.rule.rank for one in functions[place]))
    if all(len(one) == 1 for one in functions):
        return ordered, None
    named = [replace(one, router=str(place)) for place, rules in enumerate(functions) for one in rules]
    names, conflict = router_order(named, [str(place) for place in ordered])
    return [int(name) for name in names], conflict


def _near(placed: Sequence[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """The pairs of rules that could overlap, as far as what stands ahead of their variables tells."""
    if len({one.router for one in placed}) < 2:
        return
    leads = [_lead(one.rule) for one in placed]
    exactly: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    below: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, lead in enumerate(leads):
        exactly[lead].append(place)
        for length in range(len(lead) + 1):
            below[lead[:length]].append(place)
    for place, lead in enumerate(leads):
        shorter = [other for length in range(len(lead)) for other in exactly[lead[:length]]]
        for other in sorted([*below[lead], *shorter]):
            yield placed[place], placed[other]


def _lead(rule: Rule) -> tuple[str, ...]:
    """The segments of a rule ahead of its first variable; none where a converter of its own may match anything."""
    if any(one.converter_class for one in rule.variables):
        return ()
    return tuple(takewhile(lambda one: "<" not in one, rule.matched.strip("/").split("/")))


def is_bridged(router: str) -> bool:
    """Whether a router holds bridged routes."""
    return router.startswith(".bridged.")
