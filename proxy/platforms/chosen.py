"""What of a table a platform's own rules can say, and why the rest stays on Flask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from proxy.check import Problem

Match = TypeVar("Match")


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Match]):
    """What is written, and why the rest of what is promoted stays on Flask, by rule."""

    matches: tuple[Match, ...]
    left: Mapping[str, str]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Rules that the platform cannot tell from others, or has no room for."""
        return tuple(Problem("undecidable", key, f"{why}: its requests go to Flask") for key, why in self.left.items())
