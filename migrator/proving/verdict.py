"""Compares what was asked: requests that are taken by a side which Flask's own matcher would not have given them to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proxy.decide import Decider
from proxy.model import RouteTable, Rule
from proxy.probes import Probe


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A request on which one of those that were asked says something else than Werkzeug."""

    probe: Probe
    voice: str
    said: str
    owner: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.probe}: {self.voice} says {self.said}; to Werkzeug it is {self.owner}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out for one that was asked. `left` are requests that a proxy leaves to Flask although it need not."""

    voice: str
    asked: int
    on_fastapi: int
    left: int
    refused: int
    disagreements: tuple[Disagreement, ...]


def judge_proxy(
    voice: str,
    table: RouteTable,
    probes: Sequence[Probe],
    owners: Sequence[Rule | None],
    answers: Sequence[str],
    decider: Decider,
) -> Verdict:
    """A proxy's answers. What it was not told to decide it may leave to Flask or refuse, but nothing else."""
    found, left, refused = [], 0, 0
    for probe, owner, answer in zip(probes, owners, answers, strict=True):
        is_promoted = owner is not None and owner.is_promoted and owner.weight == 100
        decided = decider.rule(probe)
        if decided is not None and decided != owner:
            found.append(Disagreement(probe, f"{voice}'s table", decided.key, name_of(owner)))
        elif answer == ("fastapi" if is_promoted else "flask"):
            continue
        elif answer == "flask" and decided is None:
            left += 1
        elif answer.startswith("refused") and decided is None:
            refused += 1
        else:
            found.append(Disagreement(probe, voice, answer, name_of(owner)))
    return Verdict(voice, len(probes), answers.count("fastapi"), left, refused, tuple(found))


def judge_gateway(
    voice: str,
    probes: Sequence[Probe],
    owners: Sequence[Rule | None],
    converted: Mapping[str, str],
    names: Sequence[str | None],
    answers: Sequence[bool],
) -> Verdict:
    """The gateway's answers: it takes what is promoted, converted and found by FastAPI's router, and nothing else."""
    found, left = [], 0
    for probe, owner, name, answer in zip(probes, owners, names, answers, strict=True):
        is_promoted = owner is not None and owner.is_promoted and owner.key in converted
        if is_promoted and owner is not None and not answer and name != owner.endpoint:
            left += 1
        elif answer != is_promoted:
            found.append(Disagreement(probe, voice, "fastapi" if answer else "flask", name_of(owner)))
    return Verdict(voice, len(probes), sum(answers), left, 0, tuple(found))


def judge_router(
    probes: Sequence[Probe],
    owners: Sequence[Rule | None],
    converted: Mapping[str, str],
    names: Sequence[str | None],
    decider: Decider,
) -> Verdict:
    """FastAPI's own router: the first route that takes a request of a converted rule is that rule's.

    What no proxy would decide, such as slashes in front of a path, which Werkzeug alone removes, never comes to it.
    """
    found, asked, left = [], 0, 0
    for probe, owner, name in zip(probes, owners, names, strict=True):
        if owner is None or owner.key not in converted:
            continue
        asked += 1
        if name != owner.endpoint and decider.rule(probe) is None:
            left += 1
        elif name != owner.endpoint:
            found.append(Disagreement(probe, "FastAPI's router", name or "no route", name_of(owner)))
    return Verdict("FastAPI's router", asked, asked - left, left, 0, tuple(found))


def name_of(owner: Rule | None) -> str:
    """A rule, and the side on which it is."""
    if owner is None:
        return "no rule's, and Flask's to answer"
    return f"{owner.key}, on {'FastAPI' if owner.is_promoted else 'Flask'}"
