"""What may change in an answer: learnt from the same exchange of two runs on Flask alone, place by place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from migrator.verify.content import NOT_JSON, json_of, meaningful, text_of
from migrator.verify.exchanges import Exchange
from migrator.verify.patterns import pattern_of

MISSING = object()


@dataclass(frozen=True, slots=True)
class Place:
    """A place where two JSON values differ. `path` reads `.items[0].at`; MISSING stands for no value."""

    path: str
    want: Any
    got: Any


@dataclass(frozen=True, slots=True)
class Changing:
    """What may stand in one place: text of a pattern, a number, or (`anything`) whatever there is."""

    pattern: re.Pattern[str] | None = None
    number: bool = False

    def takes(self, value: object) -> bool:
        """Whether a value is of the kind that changes here."""
        if self.number:
            return is_number(value)
        return self.pattern is None or (isinstance(value, str) and self.pattern.fullmatch(value) is not None)


@dataclass(frozen=True, slots=True)
class Noise:
    """What changes in one exchange. `is_unstable` where Flask alone does not agree with itself on status or error."""

    is_unstable: bool = False
    target: Changing | None = None
    headers: Mapping[str, Changing] = field(default_factory=dict)
    places: Mapping[str, Changing] = field(default_factory=dict)
    text: Changing | None = None

    @property
    def amount(self) -> int:
        """In how many places."""
        return len(self.headers) + len(self.places) + (self.text is not None) + (self.target is not None)


SILENCE = Noise()
UNSTABLE = Noise(is_unstable=True)


def learn(one: Exchange, other: Exchange) -> Noise:
    """The noise of an exchange that Flask alone had twice."""
    if (one.method, one.status, one.error is None) != (other.method, other.status, other.error is None):
        return UNSTABLE
    first, second = meaningful(one), meaningful(other)
    names = {name for name in {*first, *second} if first.get(name) != second.get(name)}
    headers = {name: changing(first.get(name, MISSING), second.get(name, MISSING)) for name in names}
    target = changing(one.target, other.target) if one.target != other.target else None
    want, got = json_of(one), json_of(other)
    if want is NOT_JSON or got is NOT_JSON:
        before, after = comparable(one, other)
        return Noise(target=target, headers=headers, text=changing(before, after) if before != after else None)
    places = {place.path: changing(place.want, place.got) for place in differing(want, got)}
    return Noise(target=target, headers=headers, places=places)


def changing(one: object, other: object) -> Changing:
    """What two values in the same place have in common."""
    if is_number(one) and is_number(other):
        return Changing(number=True)
    if isinstance(one, str) and isinstance(other, str):
        return Changing(pattern_of(one, other))
    return Changing()


def differing(want: Any, got: Any, path: str = "") -> Iterator[Place]:
    """Where two JSON values differ. Lists of different lengths differ as a whole; order of keys means nothing."""
    match want, got:
        case dict(), dict():
            for key in sorted({*want, *got}):
                yield from differing(want.get(key, MISSING), got.get(key, MISSING), f"{path}.{key}")
        case list(), list() if len(want) == len(got):
            for index, (one, other) in enumerate(zip(want, got, strict=True)):
                yield from differing(one, other, f"{path}[{index}]")
        case _:
            if isinstance(want, bool) is not isinstance(got, bool) or (
                want != got and not (want != want and got != got)
            ):
                yield Place(path or ".", want, got)


def comparable(one: Exchange, other: Exchange) -> tuple[str, str]:
    """Both bodies as text; of streams that were not read to the end as much as there is of both."""
    first, second = text_of(one.body), text_of(other.body)
    if not (one.complete and other.complete):
        shorter = min(len(first), len(second))
        return first[:shorter], second[:shorter]
    return first, second


def is_number(value: object) -> bool:
    """Whether a JSON value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
