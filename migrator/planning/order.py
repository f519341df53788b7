"""The order of migration: what others need first, then what is ready and small, so that the first step is safe."""

from collections.abc import Mapping, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A blueprint as the order sees it. `needs` are other blueprints whose code it reaches."""

    name: str
    needs: Set[str]
    readiness: int
    hours: float


def order(candidates: Mapping[str, Candidate]) -> tuple[str, ...]:
    """The names in order of migration.

    Where blueprints need one another in a circle, the one with the fewest open needs goes first: each route still works
    at every step, because what has not moved is served by Flask.
    """
    waiting = dict(candidates)
    done: list[str] = []
    while waiting:
        name = min(waiting, key=lambda one: _rank(waiting[one], waiting.keys()))
        done.append(name)
        del waiting[name]
    return tuple(done)


def _rank(candidate: Candidate, waiting: Set[str]) -> tuple[int, int, float, str]:
    open_needs = len((candidate.needs & waiting) - {candidate.name})
    return open_needs, -candidate.readiness, candidate.hours, candidate.name
