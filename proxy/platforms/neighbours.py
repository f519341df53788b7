"""The rules that take some of the requests of another."""

from collections.abc import Iterator, Sequence

from proxy.check import Before, may_overlap
from proxy.match import Part, Pattern, pattern
from proxy.model import ANY_METHOD, RouteTable, Rule
from proxy.shapes import other_slash


class Neighbours:
    """The rules of a table, with the paths that Werkzeug redirects to them because of the slash at their end."""

    def __init__(self, table: RouteTable) -> None:
        self.patterns = [(rule, pattern(rule)) for rule in table.rules if rule.method not in ("HEAD", "OPTIONS")]
        self._own, self._redirected = Before(), Before()
        for rule, own in self.patterns:
            self._own.add(rule, own)
            for parts in other_slash(own.parts):
                self._redirected.add(rule, Pattern(parts, own.is_exact))

    def of(self, rule: Rule, own: Pattern) -> Iterator[tuple[Rule, tuple[Part, ...]]]:
        """Each with the parts of the paths that it takes some of.

        Werkzeug redirects no path that a rule without variables takes.
        """
        near = self._own.near(own.parts)
        if not is_literal(own.parts):
            near += self._redirected.near(own.parts)
        for other, theirs in near:
            is_other = other is not rule and other.method in (rule.method, ANY_METHOD)
            if is_other and may_overlap(theirs.parts, own.parts):
                yield other, theirs.parts


def is_literal(parts: Sequence[Part]) -> bool:
    """Whether a path has no variables."""
    return all(part.literal is not None for part in parts)


def has_dots(parts: Sequence[Part]) -> bool:
    """Whether a part of a path is nothing but one or two dots."""
    return any(part.literal in (".", "..") for part in parts)


def path_of(parts: Sequence[Part]) -> str:
    """The path of parts without variables."""
    return "".join(f"/{part.literal}" for part in parts)
