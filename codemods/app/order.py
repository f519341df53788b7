"""Which router comes first: Werkzeug tries the most specific rule first wherever it is registered, Starlette the first.

Inside a router routes are sorted by Werkzeug's order. Between routers only rules that can match the same URL matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codemods.model import Rule


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule of an endpoint, in the router that holds it."""

    router: str
    endpoint: str
    rule: Rule


def overlap(first: Rule, second: Rule) -> bool:
    """Whether some URL and method could be taken by both rules. Errs on the side of yes."""
    if not set(first.methods) & set(second.methods):
        return False
    if any(one.converter_class for one in (*first.variables, *second.variables)):
        return True
    ours, theirs = first.rule.strip("/").split("/"), second.rule.strip("/").split("/")
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


VARIABLE = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<arguments>[^)]*)\))?:)?\w+>")
CONVERTERS = {"int": r"-?\d+", "float": r"-?\d+\.\d+", "uuid": r"[0-9A-Fa-f-]{36}"}


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
    for first in placed:
        for second in placed:
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


def is_bridged(router: str) -> bool:
    """Whether a router holds bridged routes."""
    return router.startswith(".bridged.")
