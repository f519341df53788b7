"""What came of comparing schemas: how many inputs, and the smallest on which the two sides disagree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The smallest input that was found on which the sides do not answer alike, with both answers.

    `call` is what was called: `load(data, many=True)`. Of one of many kinds of difference, `place` is the field that
    the answers are about, empty for the whole.
    """

    call: str
    input: str
    marshmallow: str
    pydantic: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One schema. `problem` tells why it could not be compared at all; one that `is_nameless` is made
    where it is used, so that only what uses it can be compared.

    Of the `inputs` Marshmallow took `accepted`, refused `refused`, and raised another error on `failed`. One that
    `is_idiomatic` is meant to differ: `kinds` are all the ways in which it does.
    """

    schema: str
    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    problem: str = ""
    is_nameless: bool = False
    is_idiomatic: bool = False
    kinds: tuple[Disagreement, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether it was compared and nothing differed."""
        return not self.disagreements and not self.problem


@dataclass(frozen=True, slots=True)
class SchemaReport:
    """All schemas, the seed that inputs were drawn from, and the routes that lost their evidence by it."""

    compared: tuple[Compared, ...]
    seed: int
    sent_back: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether every schema was compared and none differs."""
        return all(one.is_same for one in self.compared)

    @property
    def inputs(self) -> int:
        """On how many inputs the sides were compared."""
        return sum(one.inputs for one in self.compared)


def call_of(case: Mapping[str, Any]) -> str:
    """The call of an input, as one would write it with Marshmallow."""
    argument = "source" if case["way"] == "dump" else "data"
    if case["way"] == "dump" and not case["objects"]:
        argument = "mapping"
    options = [f"{name}=True" for name in ("many", "partial") if case[name]]
    options += [f"unknown={case['unknown']!r}"] if case["unknown"] else []
    return f"{case['way']}({', '.join([argument, *options])})"
