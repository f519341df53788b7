"""The kinds of difference of an idiomatic schema: each with the smallest input that was found for it.

Such a schema is known to differ; so no input ends the comparison, and every kind that the inputs show is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from migrator.verify.schemas.shrinking import Case, reduced

Verdict = Mapping[str, Any]
Ask = Callable[[Case], Verdict]
MOST_TRIED = 40
"""Inputs that are tried to make one example smaller."""


@dataclass(frozen=True, slots=True)
class Example:
    """An input that shows a kind of difference: the case, both answers about the place, and how both sides ended."""

    case: Case
    place: str
    marshmallow: str
    pydantic: str
    ends: tuple[str, ...]

    @property
    def size(self) -> tuple[bool, int]:
        """Small is what either side takes, and what is short."""
        return self.ends == ("refused", "refused"), len(repr(self.case))


@dataclass(slots=True)
class Kinds:
    """All kinds of difference that were seen, by what makes them one, with the smallest example so far."""

    found: dict[tuple[str, ...], Example] = field(default_factory=dict)

    def note(self, case: Case, verdict: Verdict) -> None:
        """Note what an input shows."""
        for key, example in examples(case, verdict):
            known = self.found.get(key)
            if known is None or example.size < known.size:
                self.found[key] = example

    def smallest(self, ask: Ask) -> list[Example]:
        """An example of each kind, made as small as `ask` shows that it can be, sorted by place."""
        reduced = [reduce(key, example, ask) for key, example in sorted(self.found.items())]
        return sorted(reduced, key=lambda one: one.place)


def examples(case: Case, verdict: Verdict) -> Iterator[tuple[tuple[str, ...], Example]]:
    """What an input shows, kind by kind."""
    side = "dump" if case["way"] == "dump" else "load"
    for one in verdict.get("differences", ()):
        answers = (one["place"], one["marshmallow"], one["pydantic"])
        yield (side, *one["kind"]), Example(case, *answers, tuple(verdict["ends"]))


def reduce(key: tuple[str, ...], example: Example, ask: Ask) -> Example:
    """The example with everything left out that it does not need."""
    shown = [example]

    def shows(case: Case) -> bool:
        found = dict(examples(case, ask(case))).get(key)
        if found is None or found.ends != example.ends:
            return False
        shown.append(found)
        return True

    reduced(example.case, shows, MOST_TRIED)
    return shown[-1]
