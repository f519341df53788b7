"""Kubernetes' Gateway API: HTTPRoutes for what is promoted, and one that gives everything else to Flask.

Of an HTTPRoute the specification (v1) says: 16 rules, 64 matches a rule, 128 in all, 16 backends. Exact paths win over
regular expressions, those over the prefix `/`; which of two expressions wins is left to the implementation. So a rule
with variables is written only if no other rule takes any of its requests, and the segments of its expression hold
nothing encoded. Weights choose requests, not clients: a route that is not promoted in full stays on Flask.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proxy.check import Problem
from proxy.engines.filling import fill, require_sound
from proxy.engines.limits import canaries
from proxy.match import Part, Pattern, quote
from proxy.model import RouteTable, Rule, Upstream
from proxy.platforms.chosen import Chosen
from proxy.platforms.neighbours import Neighbours, has_dots, is_literal, path_of

TAKEN_BY = "the cluster checks and takes it: `kubectl apply --dry-run=server -f FILE`"
FILE = "migrate-routes.yaml"
RULES = 15
MATCHES = 8
"""How many rules an HTTPRoute has here, and how many matches a rule: together below 128."""
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})
LONGEST_PATH = 1024
PLAIN = "[A-Za-z0-9._~!$&'()*+,;=:@-]"
"""What stands for any character of a segment: what is encoded is Flask's."""
PLAIN_PATH = re.compile(rf"/(?:{PLAIN}|/)*")


@dataclass(frozen=True, slots=True)
class Match:
    """A method and a path, exact or as an expression, and the side that takes it."""

    method: str
    kind: str
    path: str
    side: str


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """Canaries, and rules that the platform cannot tell from others."""
    return (*canaries(table, "a Gateway"), *choose(table).problems)


def render(table: RouteTable) -> dict[str, str]:
    """The HTTPRoutes. Raises ValueError where the table has errors, or a side is no Service."""
    require_sound(table)
    matches = choose(table).matches
    rules: list[tuple[str, Sequence[Match]]] = []
    for side in ("flask", "fastapi"):
        own = [one for one in matches if one.side == side]
        rules += [(side, own[start : start + MATCHES]) for start in range(0, len(own), MATCHES)]
    services = {upstream.side: service(upstream) for upstream in table.upstreams}
    values = {
        "name": services["flask"][0],
        "routes": [rules[start : start + RULES] for start in range(0, len(rules), RULES)],
        "services": services,
    }
    return {FILE: fill("gateway-api.yaml.j2", values)}


def service(upstream: Upstream) -> tuple[str, int]:
    """The Service of a side and its port. Raises ValueError for what is no name of one."""
    name, _, port = upstream.servers[0].rpartition(":")
    if len(upstream.servers) > 1 or not port.isdigit() or not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise ValueError(
            f"{upstream.servers[0]!r} is no Service with its port: --{upstream.side} shop-{upstream.side}:80"
        )
    return name, int(port)


def choose(table: RouteTable) -> Chosen[Match]:
    """What can be written of a table."""
    neighbours = Neighbours(table)
    has_hosts = any(rule.host for rule in table.rules)
    matches: dict[Match, None] = {}
    left: dict[str, str] = {}
    for rule, own in neighbours.patterns:
        if not rule.is_promoted or rule.weight < 100 or not own.is_exact:
            continue
        before: list[str] = []
        why = "other rules name hosts" if has_hosts else objection(rule, own)
        if why is None:
            why, before = rivals(rule, own, neighbours)
        if why is not None:
            left[rule.key] = why
            continue
        for text in before:
            matches |= dict.fromkeys(both(rule.method, "Exact", text, "flask"))
        kind = "Exact" if is_literal(own.parts) else "RegularExpression"
        matches |= dict.fromkeys(both(rule.method, kind, pattern_of(own.parts), "fastapi"))
    exact = {(one.method, one.path) for one in matches if one.kind == "Exact" and one.side == "fastapi"}
    kept = [one for one in matches if one.side == "fastapi" or (one.method, one.path) not in exact]
    return Chosen(tuple(kept), left)


def objection(rule: Rule, own: Pattern) -> str | None:
    """Why a rule cannot be written, whatever the others are; None where it can."""
    if rule.method not in METHODS:
        return f"an HTTPRoute knows no method {rule.method}"
    if any(part.takes_slashes for part in own.parts):
        return "its last part takes slashes"
    if is_literal(own.parts) and not PLAIN_PATH.fullmatch(path_of(own.parts)):
        return "its path has to be encoded"
    if has_dots(own.parts):
        return "its path has dot segments, which no HTTPRoute may name"
    return "its path is too long" if len(pattern_of(own.parts)) > LONGEST_PATH else None


def rivals(rule: Rule, own: Pattern, neighbours: Neighbours) -> tuple[str | None, list[str]]:
    """The other rule that takes some of the requests of this one, if one does; and the exact paths before it."""
    before = []
    for other, parts in neighbours.of(rule, own):
        if is_literal(parts) and not is_literal(own.parts):
            text = path_of(parts)
            if has_dots(parts):
                return f"{other.key} comes first, which no HTTPRoute may name", []
            if PLAIN_PATH.fullmatch(text):  # nothing encoded is matched by this one's expression either
                before.append(text)
        elif not is_literal(own.parts) or other.rank < rule.rank:
            return f"{other.key} may take the same requests, and which wins is not said", []
    return None, before


def both(method: str, kind: str, path: str, side: str) -> list[Match]:
    """The match; that of GET with HEAD's."""
    return [Match(one, kind, path, side) for one in (("GET", "HEAD") if method == "GET" else (method,))]


def pattern_of(parts: Sequence[Part]) -> str:
    """The path of these parts, or the expression for their paths."""
    if is_literal(parts):
        return path_of(parts)
    return "^" + "".join(f"/{expression(part)}" for part in parts) + "$"


def expression(part: Part) -> str:
    """The expression of a part, which takes nothing that is encoded."""
    return quote(part.literal) if part.literal is not None else part.regex.replace("[^/]", PLAIN)
