"""Makes an input that shows something smaller, by leaving parts of it out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from migrator.verify.schemas.drawing import ROW

Case = Mapping[str, Any]
PLAIN: Case = {"many": False, "partial": False, "unknown": None}


def reduced(case: Case, shows: Callable[[Case], bool], tries: int) -> Case:
    """The case with everything left out that is not needed for it to show the same, as far as so many tries lead."""
    while tries:
        for one in smaller(case):
            tries -= 1
            if shows(one):
                case = one
                break
            if not tries:
                break
        else:
            break
    return case


def smaller(case: Case) -> Iterator[Case]:
    """The case with one thing less: an option, or a part of its input."""
    if case["many"] and isinstance(case["input"], list):
        yield from ({**case, "many": False, "input": one} for one in case["input"])
    yield from ({**case, name: plain} for name, plain in PLAIN.items() if case[name] != plain and name != "many")
    yield from ({**case, "input": one} for one in _parts(case["input"]))


def _parts(value: Any) -> Iterator[Any]:
    """The value with one thing less, at any depth."""
    if isinstance(value, dict):
        for key in value:
            if key != ROW:
                yield {name: one for name, one in value.items() if name != key}
        for key, inner in value.items():
            yield from ({**value, key: one} for one in _parts(inner))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield [*value[:index], *value[index + 1 :]]
            yield from ([*value[:index], one, *value[index + 1 :]] for one in _parts(inner))
    elif isinstance(value, str) and len(value) > 12:
        yield from (value[: len(value) // 2], value[len(value) // 2 :])
