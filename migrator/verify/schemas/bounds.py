"""Values on both sides of the lines that a field's validators draw."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Strategy = SearchStrategy[Any]
LISTS = frozenset({"List", "DelimitedList", "Tuple", "Nested"})


def near(field: Mapping[str, Any], side: str, usual: Strategy, hints: Sequence[Any] = ()) -> Strategy:
    """The field's usual values, and those that its validators are about. Nothing is validated on the way out.

    `hints` are constants of the schema's own code.
    """
    if side == "dump":
        return usual
    found = [usual]
    special: list[Any] = []
    if told := hinted(field, hints):
        found.append(st.sampled_from(told))
    for check in _all(field.get("checks", ())):
        special += _special(field, check)
        if "pattern" in check:
            found += _matching(check)
        if check["kind"] == "Length" and (wanted := _sized(field, check, usual)) is not None:
            found.append(wanted)
    special += [*field.get("truthy", ()), *field.get("falsy", ())]
    if special:
        found.append(st.sampled_from(special))
    if isinstance(form := field.get("format"), str) and "%" in form:
        found.append(st.datetimes().map(lambda moment: moment.strftime(form)))
    return st.one_of(*found, *found[1:])


def hinted(field: Mapping[str, Any], hints: Sequence[Any]) -> list[Any]:
    """The constants of a schema's own code that a field of this kind may be compared with."""
    if field["kind"] == "String":
        return [one for one in hints if isinstance(one, str)]
    if field["kind"] in ("Integer", "Float", "Decimal"):
        return [one + more for one in hints if isinstance(one, int | float) for more in (0, 0, 1, -1)]
    return []


def _all(checks: Any) -> Iterator[Mapping[str, Any]]:
    for check in checks:
        yield check
        yield from _all(check.get("checks", ()))


def _special(field: Mapping[str, Any], check: Mapping[str, Any]) -> list[Any]:
    """Values at the line, just before it and just behind it."""
    found: list[Any] = []
    for name in ("choices", "iterable"):
        choices = list(check[name]) if isinstance(check.get(name), list | str) else []
        found += [[one] for one in choices] + [choices, [*choices, *choices]] if field["kind"] in LISTS else choices
        found += [one.swapcase() for one in choices if isinstance(one, str)]
        found += [str(one) for one in choices if not isinstance(one, str)]
    if "comparable" in check:
        found.append(check["comparable"])
    if check["kind"] == "Range":
        for bound in (check.get("min"), check.get("max")):
            if isinstance(bound, int | float):
                found += [bound, bound - 1, bound + 1, bound - 0.5, bound + 0.01, str(bound)]
            elif bound is not None:
                found.append(bound)
    return found


def _matching(check: Mapping[str, Any]) -> list[Strategy]:
    """Texts that match a pattern, and such with something behind them."""
    try:
        matching = st.from_regex(re.compile(check["pattern"], check.get("flags", 0) & ~re.DEBUG))
        matching.validate()
    except Exception:  # a pattern that Hypothesis does not know is tried with other texts only
        return []
    return [matching, matching.map(lambda text: f"{text}\n"), matching.map(lambda text: text.swapcase())]


def _sized(field: Mapping[str, Any], check: Mapping[str, Any], usual: Strategy) -> Strategy | None:
    """Texts and lists with as many characters or items as are allowed, with one less, and with one more."""
    sizes = {
        bound + more
        for name in ("min", "max", "equal")
        if isinstance(bound := check.get(name), int)
        for more in (-1, 0, 1)
    }
    chosen = st.sampled_from(sorted(size for size in sizes if 0 <= size <= 400) or [0])
    if field["kind"] in LISTS:
        return st.builds(_stretched, usual, chosen)
    return st.builds(lambda text, size: (text * size)[:size], st.sampled_from(("a", "ab1", "é", "Zz ")), chosen)


def _stretched(items: Any, size: int) -> Any:
    """As many items as asked for, the same again and again."""
    return (items * size)[:size] if isinstance(items, list) and items else items
