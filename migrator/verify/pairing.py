"""Pairs the exchanges of two runs: those of the same test, in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from migrator.verify.exchanges import Exchange, Run
from migrator.verify.noise import UNSTABLE, Noise, learn


@dataclass(frozen=True, slots=True)
class Pair:
    """An exchange of each run; None where the other run has no such exchange."""

    test: str
    one: Exchange | None
    other: Exchange | None

    @property
    def either(self) -> Exchange:
        """The exchange that is there."""
        found = self.other or self.one
        assert found is not None
        return found


def pairs(one: Run, other: Run) -> Iterator[Pair]:
    """All pairs, test by test in the order of the first run."""
    first, second = one.by_test(), other.by_test()
    for test in dict.fromkeys((*first, *second)):
        ours, theirs = first.get(test, []), second.get(test, [])
        for index in range(max(len(ours), len(theirs))):
            yield Pair(test, _at(ours, index), _at(theirs, index))


def learn_all(one: Run, other: Run) -> dict[tuple[str, int], Noise]:
    """The noise of every exchange of two runs on Flask alone. One that only a single run had is unstable."""
    found = {}
    for pair in pairs(one, other):
        known = learn(pair.one, pair.other) if pair.one and pair.other else UNSTABLE
        found[pair.test, pair.either.index] = known
    return found


def _at(exchanges: list[Exchange], index: int) -> Exchange | None:
    return exchanges[index] if index < len(exchanges) else None
