"""The rules of a table, gathered by shape: what an engine tries in turn, each with its table of literals.

Every rule is in it, promoted or not, so that a change of what is promoted changes nothing here; what Flask alone can
answer is in it as `LEGACY`, so that no later shape takes it. Requests for OPTIONS are in none: Flask answers them.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .match import SEGMENT, SLASH, Part, Weight, pattern
from .model import ANY_METHOD, RouteTable, Rule

LEGACY = "flask"
"""What is found for requests that Flask answers whatever is promoted."""

END = (2, (0, (), 0, ()), False)

Form = tuple[Rule, tuple[Part, ...], str]


@dataclass(frozen=True, slots=True)
class Key:
    """What is looked up: `path` has `*` where the shape has no literal, `host` is empty where no rule names it."""

    method: str
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is found: a rule's identifier or `LEGACY`, and the rank of the rule that put it there."""

    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Group:
    """The rules of one shape, by what is looked up.

    `regex` is None where there are only literals: the path itself is then looked up. Otherwise its captures are
    put into `template`, as in `$1/*`.
    """

    parts: tuple[Part, ...]
    regex: str | None
    template: str
    targets: dict[Key, Target] = field(default_factory=dict)

    @property
    def order(self) -> tuple[tuple[int, Weight, bool], ...]:
        """The place among other shapes of the same path: only literals first; one that goes on before one that ends."""
        return () if self.regex is None else (*(part.order for part in self.parts), END)


def groups(table: RouteTable) -> tuple[Group, ...]:
    """All shapes, in the order in which Werkzeug tries them."""
    methods = sorted({rule.method for rule in table.rules} - {ANY_METHOD, "HEAD", "OPTIONS"})
    hosts = sorted({rule.host for rule in table.rules if rule.host and "<" not in rule.host})
    found: dict[tuple[str | None, ...], Group] = {}
    for rule, parts, name in forms(table.rules):
        group = found.setdefault(shape(parts), new_group(parts))
        for method in methods if rule.method == ANY_METHOD else [rule.method]:
            for host in [rule.host] if rule.host else ["", *hosts]:
                key = Key(method, host, looked_up(parts))
                before = group.targets.get(key)
                # `/<path>/x/` redirects `/a/x` to itself if it has been registered before `/<path>/x`.
                if before is None or (parts[-1].takes_slashes and rule.rank < before.rank):
                    group.targets[key] = Target(name, rule.rank)
    ordered = sorted(found.values(), key=lambda group: group.order)
    keep_ties_legacy(ordered)
    return tuple(group for position, group in enumerate(ordered) if matters(group, ordered[position + 1 :]))


def forms(rules: Sequence[Rule]) -> Iterator[Form]:
    """What each rule takes, and what finding it means; those that come first win.

    Rules of a host come before those of all hosts, as Werkzeug matches hosts first; a rule before the form of another
    with the slash at its end taken away or added, which Flask answers, mostly by a redirect.
    """
    has_variable_hosts = any("<" in (rule.host or "") for rule in rules)
    considered = [rule for rule in rules if rule.method not in ("HEAD", "OPTIONS") and "<" not in (rule.host or "")]
    for is_for_all_hosts in (False, True):
        of_hosts = [(rule, pattern(rule)) for rule in considered if (rule.host is None) == is_for_all_hosts]
        for rule, found in of_hosts:
            is_certain = found.is_exact and not (is_for_all_hosts and has_variable_hosts)
            yield rule, found.parts, rule.identifier if is_certain else LEGACY
        for rule, found in of_hosts:
            for parts in other_slash(found.parts):
                yield rule, parts, LEGACY


def other_slash(parts: tuple[Part, ...]) -> Iterable[tuple[Part, ...]]:
    """The parts without the slash at their end, or with one."""
    if parts[-1].literal != SLASH and not parts[-1].takes_slashes:
        yield (*parts, Part(SLASH))
    elif parts[-1].literal == SLASH and len(parts) > 1:
        yield parts[:-1]


def shape(parts: tuple[Part, ...]) -> tuple[str | None, ...]:
    """What rules of a shape have in common: all but their literals. Those of literals only are of one shape."""
    if all(part.literal is not None for part in parts):
        return ()
    return tuple(part.regex if part.literal is None else SLASH if part.literal == SLASH else None for part in parts)


def looked_up(parts: tuple[Part, ...]) -> str:
    """The path with `*` for every part that is not a literal."""
    return "".join(f"/{'*' if part.literal is None else part.literal}" for part in parts)


def new_group(parts: tuple[Part, ...]) -> Group:
    """The group of the shape that these parts have."""
    if not shape(parts):
        return Group(parts, None, "")
    regex, template, captures = "", "", 0
    for is_literal, run in itertools.groupby(
        parts, key=lambda part: part.literal is not None and part.literal != SLASH
    ):
        if is_literal:
            captures += 1
            count = len(list(run))
            regex += f"(/{SEGMENT})" if count == 1 else f"((?:/{SEGMENT}){{{count}}})"
            template += f"${captures}"
        else:
            for part in run:
                regex += f"/{part.regex}"
                template += "/" if part.literal == SLASH else "/*"
    if captures > 9:
        raise ValueError(f"{looked_up(parts)}: no engine has more than nine captures")
    return Group(parts, f"^{regex}$", template)


def keep_ties_legacy(ordered: Sequence[Group]) -> None:
    """Leave to Flask what the order of shapes cannot tell.

    Between parts of the same weight, such as `<name>` and `<string(length=2):code>`, Werkzeug tries first what was
    registered first below the same literals, and that may be another one elsewhere.
    """
    for earlier, later in itertools.combinations(ordered, 2):
        position = tie(earlier.parts, later.parts)
        if position is None:
            continue
        first: dict[Key, int] = {}
        for key, target in later.targets.items():
            start = beginning(key, position)
            first[start] = min(target.rank, first.get(start, target.rank))
        for key, target in earlier.targets.items():
            if target.rank > first.get(beginning(key, position), target.rank):
                earlier.targets[key] = Target(LEGACY, target.rank)


def beginning(key: Key, position: int) -> Key:
    """What is looked up, as far as the part at a position."""
    return Key(key.method, key.host, "/".join(key.path.split("/")[: position + 1]))


def tie(one: tuple[Part, ...], other: tuple[Part, ...]) -> int | None:
    """Where two shapes differ first, if they have expressions of the same weight there."""
    for position, (left, right) in enumerate(zip(one, other, strict=False)):
        if (left.literal is None, left.regex) != (right.literal is None, right.regex):
            is_tie = left.literal is None and right.literal is None and left.weight == right.weight
            return position if is_tie else None
    position = min(len(one), len(other)) - 1
    return position if len(one) != len(other) and one[position].takes_slashes else None


def matters(group: Group, later: Sequence[Group]) -> bool:
    """Whether a shape has a rule that may be promoted, or keeps requests from a later one that has."""
    return may_be_promoted(group) or any(may_be_promoted(other) and may_overlap(group, other) for other in later)


def may_be_promoted(group: Group) -> bool:
    """Whether some rule of the shape can be told from all others."""
    return any(target.name != LEGACY for target in group.targets.values())


def may_overlap(one: Group, other: Group) -> bool:
    """Whether a path may have both shapes, whatever the literals."""
    for left, right in zip(one.parts, other.parts, strict=False):
        if not one.regex or not other.regex or left.takes_slashes or right.takes_slashes:
            return True
        if (left.literal == SLASH) != (right.literal == SLASH):
            return False
    return len(one.parts) == len(other.parts)
