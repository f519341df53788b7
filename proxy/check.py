"""What is wrong, or cannot be done, with a route table, before any engine is asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .match import SEGMENT, Part, Pattern, pattern
from .model import ANY_METHOD, RouteTable, Rule

Kind = Literal["duplicate", "unreachable", "shadowed", "undecidable", "unknown target"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a rule that a person should know; an `is_error` lets no configuration be made."""

    kind: Kind
    key: str
    message: str
    is_error: bool = False


@dataclass(slots=True)
class Before:
    """The rules before one, as a tree of their parts, so that those far from it need not be compared with it."""

    rules: list[tuple[Rule, Pattern]] = field(default_factory=list)
    literals: dict[str, "Before"] = field(default_factory=dict)
    expressions: dict[Part, "Before"] = field(default_factory=dict)

    def add(self, rule: Rule, own: Pattern) -> None:
        """Add a rule."""
        node = self
        for part in own.parts:
            if part.literal is None:
                node = node.expressions.setdefault(part, Before())
            else:
                node = node.literals.setdefault(part.literal, Before())
        node.rules.append((rule, own))

    def near(self, parts: tuple[Part, ...]) -> list[tuple[Rule, Pattern]]:
        """The rules that may take a request that a rule with these parts takes, in their order."""
        return sorted(self._near(parts), key=lambda found: found[0].rank)

    def _near(self, parts: tuple[Part, ...]) -> Iterator[tuple[Rule, Pattern]]:
        if not parts:
            yield from self.rules
            return
        first, rest = parts[0], parts[1:]
        if first.takes_slashes:
            yield from self._all()
            return
        for part, node in self.expressions.items():
            yield from node._all() if part.takes_slashes else node._near(rest)
        if first.literal is None:
            for node in self.literals.values():
                yield from node._near(rest)
        elif first.literal in self.literals:
            yield from self.literals[first.literal]._near(rest)

    def _all(self) -> Iterator[tuple[Rule, Pattern]]:
        yield from self.rules
        for node in (*self.literals.values(), *self.expressions.values()):
            yield from node._all()


def check(table: RouteTable) -> tuple[Problem, ...]:
    """All problems, in the order of the rules.

    A *duplicate* has the same method, host and pattern as a rule before it and an *unreachable* rule matches nothing
    that one before it does not; neither is ever served. A promoted rule is *shadowed* where a rule on Flask takes some
    of its requests, and *undecidable* where a proxy cannot tell by the path alone: all its requests go to Flask.
    """
    before = Before()
    served = {upstream.side for upstream in table.upstreams if upstream.servers}
    problems: list[Problem] = []
    if "flask" not in served:
        problems.append(
            Problem("unknown target", "flask", "nothing serves the Flask side, which all else goes to", True)
        )
    for rule in table.rules:
        own = pattern(rule)
        if rule.is_promoted and rule.side not in served:
            problems.append(Problem("unknown target", rule.key, f"nothing serves the side {rule.side!r}", True))
        if rule.is_promoted and not own.is_exact:
            message = "a proxy cannot decide it by the path alone: its requests go to Flask"
            problems.append(Problem("undecidable", rule.key, message))
        problems.extend(conflicts(rule, own, before.near(own.parts)))
        before.add(rule, own)
    return tuple(problems)


def conflicts(rule: Rule, own: Pattern, before: Iterable[tuple[Rule, Pattern]]) -> Iterator[Problem]:
    """How the rules that are tried before a rule keep requests from it."""
    for other, theirs in before:
        if other.method not in (rule.method, ANY_METHOD) or other.host not in (rule.host, None):
            continue
        if theirs.parts == own.parts:
            yield Problem("duplicate", rule.key, f"{other.key} has the same pattern and is tried first")
            return
        if covers(theirs.parts, own.parts):
            yield Problem("unreachable", rule.key, f"{other.key} takes all its requests")
            return
        if rule.is_promoted and not other.is_promoted and may_overlap(theirs.parts, own.parts):
            yield Problem("shadowed", rule.key, f"{other.key}, on Flask, takes some of its requests")


def covers(wide: tuple[Part, ...], narrow: tuple[Part, ...]) -> bool:
    """Whether the first takes all that the second takes, as far as that is plain to see."""
    if len(wide) != len(narrow):
        return False
    return all(
        left == right
        or (left.regex == right.regex and left.literal is None and right.literal is None)
        or (left.regex == SEGMENT and not right.takes_slashes and right.literal != "")
        for left, right in zip(wide, narrow, strict=True)
    )


def may_overlap(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Whether some path may be taken by both."""
    for left, right in zip(one, other, strict=False):
        if left.takes_slashes or right.takes_slashes:
            return True
        if left.literal is not None and right.literal is not None and left.literal != right.literal:
            return False
        if left.literal is not None and right.literal is None and not right.matches(left.literal):
            return False
        if right.literal is not None and left.literal is None and not left.matches(right.literal):
            return False
    return len(one) == len(other)
